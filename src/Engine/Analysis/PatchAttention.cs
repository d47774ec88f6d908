using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Attention between all patches of one crop.</summary>
public static class PatchAttention
{
    /// <summary>Encodes a crop once and returns the attention of some blocks.</summary>
    /// <param name="encoder">The encoder, in evaluation mode. It must be an <see cref="ITracedEncoder"/>.</param>
    /// <param name="volume">[1, C, X, Y, Z], on the encoder's device.</param>
    /// <param name="blocks">Blocks, counted from zero.</param>
    /// <returns>Weights [N * N] by block and head. Rows are queries and columns are patch keys. The class key is left out, and rows are not rescaled.</returns>
    public static IReadOnlyDictionary<int, float[][]> Of(TokenEncoder encoder, Tensor volume, IReadOnlyCollection<int> blocks)
    {
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(blocks);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        var found = new Dictionary<int, float[][]>();
        int first = encoder.TokenInfo.HasClassToken ? 1 : 0, patches = (int)encoder.TokenInfo.Grid.Count;
        using (((ITracedEncoder)encoder).Trace(trace =>
        {
            if (!blocks.Contains(trace.Block)) return;
            Tensor weights = AttentionRows.Weights(trace)[0].narrow(1, first, patches).narrow(2, first, patches).to(ScalarType.Float32).cpu(); // [H, N, N]
            found[trace.Block] = [.. weights.unbind(0).Select(head => head.contiguous().data<float>().ToArray())];
        }))
        {
            encoder.Encode(volume, []);
        }
        return found;
    }
}

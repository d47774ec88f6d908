using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Pre-norm attention to a coarser grid and MLP, each with a residual (UniMiSS' MiT).</summary>
public sealed class MitBlock : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1;
    private readonly ReducedAttention attn;
    private readonly LayerNorm norm2;
    private readonly Mlp mlp;
    private readonly double dropPath;

    /// <summary>Creates the block.</summary>
    /// <param name="width">C, a multiple of <paramref name="heads"/>.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="reduction">Tokens along an axis from one key to the next.</param>
    /// <param name="mlpRatio">Hidden width of the MLP / C.</param>
    /// <param name="normEps">Epsilon of both norms.</param>
    /// <param name="bias">Whether the linear maps of queries, keys and values have a bias.</param>
    /// <param name="dropPath">Probability that a sample skips a branch while training, 0 to below 1.</param>
    public MitBlock(int width, int heads, int reduction, double mlpRatio, double normEps, bool bias, double dropPath) : base(nameof(MitBlock))
    {
        this.dropPath = dropPath;
        norm1 = nn.LayerNorm(width, eps: normEps);
        attn = new ReducedAttention(width, heads, reduction, bias);
        norm2 = nn.LayerNorm(width, eps: normEps);
        mlp = new Mlp(width, mlpRatio, initialise: Initialise.TruncatedNormal);
        RegisterComponents();
    }

    /// <summary>[B, X, Y, Z, C] to the same shape.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = input + Drop.Path(attn.call(norm1.call(input)), dropPath, training);
        return (x + Drop.Path(mlp.call(norm2.call(x)), dropPath, training)).MoveToOuterDisposeScope();
    }

    /// <summary>The block on tokens of volumes or slices with a class token.</summary>
    /// <param name="tokens">[B, 1 + N, C], the class token first.</param>
    /// <param name="grid">Tokens along x, y, z of volumes; along y, z of slices.</param>
    /// <param name="slices">The convolution that reduces slices for keys, if there is a reduction; null for volumes.</param>
    /// <returns>[B, 1 + N, C].</returns>
    public Tensor WithToken(Tensor tokens, IReadOnlyList<long> grid, nn.Module<Tensor, Tensor>? slices)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = tokens + Drop.Path(attn.WithToken(norm1.call(tokens), grid, slices), dropPath, training);
        return (x + Drop.Path(mlp.call(norm2.call(x)), dropPath, training)).MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the block.</summary>
    public static LayerCounts Count(int width, int reduction, double mlpRatio, bool bias, (long X, long Y, long Z) grid)
    {
        long tokens = grid.X * grid.Y * grid.Z;
        return LayerCounts.Norm(tokens, width) + ReducedAttention.Count(width, reduction, bias, grid) + LayerCounts.Norm(tokens, width) + LayerCounts.Mlp(tokens, width, mlpRatio);
    }

    /// <summary>Counts the operations of the block on a slice with a class token.</summary>
    /// <param name="width">C.</param>
    /// <param name="reduction">Tokens along an axis from one key to the next.</param>
    /// <param name="mlpRatio">Hidden width of the MLP / C.</param>
    /// <param name="bias">Whether the linear maps of queries, keys and values have a bias.</param>
    /// <param name="y">Tokens along y.</param>
    /// <param name="z">Tokens along z.</param>
    public static LayerCounts CountSlices(int width, int reduction, double mlpRatio, bool bias, long y, long z)
    {
        long tokens = (y * z) + 1;
        return LayerCounts.Norm(tokens, width) + ReducedAttention.CountSlices(width, reduction, bias, y, z) + LayerCounts.Norm(tokens, width) + LayerCounts.Mlp(tokens, width, mlpRatio);
    }
}

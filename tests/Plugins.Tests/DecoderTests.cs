using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>The decoders of MAE and Hi-End-MAE. The official code's numbers are compared in Verification.Tests.</summary>
public sealed class DecoderTests
{
    [Fact]
    public void Hi_End_MAE_without_dense_stages_equals_MAE_to_the_last_bit()
    {
        using DisposeScope scope = NewDisposeScope();
        var context = new EncoderContext(1, Size3.Cube(24), EncoderUse.Pretraining);
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 48, NumHeads = 4, PatchSize = 8 }, context);
        var decoder = new DecoderContext(encoder.Info, Size3.Cube(24));
        using var mae = new MaeDecoder(new MaeConfig { EmbedDim = 24, NumHeads = 2 }, decoder);
        using var hiEnd = new HiEndMaeDecoder(new HiEndMaeConfig { EmbedDim = 24, NumHeads = 2, DenseLayers = [] }, decoder);
        Parameter[] from = [.. Blocks(mae)], to = [.. Blocks(hiEnd)];
        Assert.Equal(from.Length, to.Length);
        using (no_grad())
        {
            foreach ((Parameter source, Parameter target) in from.Zip(to)) target.copy_(source);
        }
        using var mask = new TokenMask(rand(2, 27).argsort(1), 6);
        var batch = new PretextBatch(rand(new long[] { 2, 1, 24, 24, 24 }), mask);
        Assert.Equal(mae.Loss(encoder, batch).item<float>(), hiEnd.Loss(encoder, batch).item<float>());
    }

    [Fact]
    public void Tensors_are_flat_over_steps()
    {
        using var encoder = new Vit3dEncoder(new Vit3dConfig { EmbedDim = 48, NumHeads = 4, PatchSize = 8 }, new EncoderContext(1, Size3.Cube(24), EncoderUse.Pretraining));
        using var decoder = new HiEndMaeDecoder(new HiEndMaeConfig { EmbedDim = 24, NumHeads = 2 }, new DecoderContext(encoder.Info, Size3.Cube(24)));
        using Tensor input = rand(new long[] { 2, 1, 24, 24, 24 });
        using var mask = new TokenMask(rand(2, 27).argsort(1), 6);
        long Step()
        {
            using DisposeScope scope = NewDisposeScope();
            decoder.Loss(encoder, new PretextBatch(input, mask)).backward();
            return Tensor.TotalCount;
        }
        Step();
        long after = Step();
        Assert.Equal(after, Step());
    }

    // Both decoders' parameters in the order in which they act: block by block, then norm, head and projection.
    private static IEnumerable<Parameter> Blocks(Decoder decoder)
    {
        (string Name, Parameter Value)[] all = [.. decoder.named_parameters().Select(entry => (entry.name, entry.parameter))];
        IEnumerable<Parameter> Under(string prefix) => all.Where(entry => entry.Name.StartsWith(prefix, StringComparison.Ordinal)).Select(entry => entry.Value);
        return [.. Under("mask_token"), .. Under("encoder_to_decoder"), .. Under("blocks"),
            .. Under("stages.9"), .. Under("stages.6"), .. Under("stages.3"), .. Under("norm"), .. Under("head")];
    }
}

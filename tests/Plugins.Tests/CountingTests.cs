using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Engine.Benchmarks;
using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Counts by rule against the modules that are really made: their parameters, and the multiply-adds that the shapes of their weights imply.</summary>
public sealed class CountingTests
{
    [Theory]
    [InlineData(12, 2, new[] { 9, 6, 3 }, 0.75, PositionEmbedding.Sincos)]
    [InlineData(6, 4, new[] { 4 }, 0.5, PositionEmbedding.Perceptron)]
    [InlineData(10, 2, new int[0], 0.6, PositionEmbedding.Sincos)]
    public void Pretraining_models(int depth, int heads, int[] dense, double maskRatio, PositionEmbedding positions)
    {
        using DisposeScope scope = NewDisposeScope();
        var crop = new Size3(16, 24, 32);
        var encoderConfig = new Vit3dConfig { EmbedDim = 24, Depth = depth, NumHeads = heads, PatchSize = 8, PosEmbed = positions, MlpRatio = 3 };
        var context = new EncoderContext(2, crop, EncoderUse.Pretraining);
        using var encoder = new Vit3dEncoder(encoderConfig, context);
        var decoderConfig = new HiEndMaeConfig { EmbedDim = 12, NumHeads = 2, StageLayers = dense.Length == 0 ? [] : [.. dense, 1], DenseLayers = dense };
        var decoderContext = new DecoderContext(encoder.Info, crop);
        using var decoder = new HiEndMaeDecoder(decoderConfig, decoderContext);

        IReadOnlyList<OperationCount> encoderParts = ((IEncoderCounter)encoderConfig).Count(context, maskRatio), decoderParts = ((IDecoderCounter)decoderConfig).Count(decoderContext, maskRatio);
        Assert.Equal(encoder.Info, ((IEncoderCounter)encoderConfig).Describe(context));
        Assert.Equal(encoder.parameters().Sum(parameter => parameter.numel()), encoderParts.Sum(part => part.Parameters));
        Assert.Equal(decoder.parameters().Sum(parameter => parameter.numel()), decoderParts.Sum(part => part.Parameters));

        // Every matrix is applied to every token that it sees; attention multiplies twice.
        long patches = 2 * 3 * 4, visible = TokenMask.CountVisible(patches, maskRatio), seen = visible + 1, tokens = patches + 1;
        long expected = Matrices(encoder, _ => seen) - Matrix(encoder, "patch_embed.proj.weight") + depth * (2 * seen * seen * 24) + Norms(encoder, _ => seen);
        Assert.Equal(expected, encoderParts.Sum(part => part.MultiplyAdds));
        long blocks = decoder.named_modules().Count(module => module.name.EndsWith("attn", StringComparison.Ordinal) && !module.name.EndsWith("cross_attn", StringComparison.Ordinal));
        long crosses = decoder.named_modules().Count(module => module.name.EndsWith("cross_attn", StringComparison.Ordinal));
        expected = Matrices(decoder, name => name.Contains("encoder_to_decoder", StringComparison.Ordinal) || name.Contains(".kv.", StringComparison.Ordinal) ? seen : tokens)
            + (blocks * 2 * tokens * tokens * 12) + (crosses * 2 * tokens * seen * 12) + Norms(decoder, _ => tokens);
        Assert.Equal(expected, decoderParts.Sum(part => part.MultiplyAdds));
    }

    [Theory]
    [InlineData(16, 64)]
    [InlineData(12, 48)]
    [InlineData(8, 32)]
    public void Segmentation_models(int patch, int edge)
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 crop = Size3.Cube(edge);
        var encoderConfig = new Vit3dConfig { EmbedDim = 24, NumHeads = 2, PatchSize = patch };
        var context = new EncoderContext(1, crop, EncoderUse.Segmentation);
        using var encoder = new Vit3dEncoder(encoderConfig, context);
        var headConfig = new UnetrConfig { FeatureSize = 4 };
        var headContext = new HeadContext(encoder.Info, crop, 3);
        using var head = new UnetrHead(headConfig, headContext);
        IReadOnlyList<OperationCount> parts = ((IHeadCounter)headConfig).Count(headContext);
        Assert.Equal(head.parameters().Sum(parameter => parameter.numel()), parts.Sum(part => part.Parameters));
        Assert.Equal(encoder.parameters().Sum(parameter => parameter.numel()), ((IEncoderCounter)encoderConfig).Count(context, 0).Sum(part => part.Parameters));

        // A 1x1x1 convolution at full size, and one at full size of kernel 3.
        Assert.Equal((long)edge * edge * edge * 4 * 3, parts.Single(part => part.Part == "head.out").MultiplyAdds);
        Assert.Equal((long)edge * edge * edge * ((27 * 4) + (27 * 16) + 4), parts.Single(part => part.Part == "head.encoder1").MultiplyAdds);
    }

    [Theory]
    [InlineData(12, new[] { 9, 6, 3 })]
    [InlineData(10, new[] { 9, 3 })]
    [InlineData(10, new int[0])]
    public void The_count_equals_the_operations_that_run_in_pretraining(int depth, int[] dense)
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 crop = new(16, 24, 16);
        var encoderConfig = new Vit3dConfig { EmbedDim = 24, Depth = depth, NumHeads = 2, PatchSize = 8 };
        var decoderConfig = new HiEndMaeConfig { EmbedDim = 12, NumHeads = 2, DenseLayers = dense };
        var context = new EncoderContext(1, crop, EncoderUse.Pretraining);
        using var encoder = new Vit3dEncoder(encoderConfig, context);
        var decoderContext = new DecoderContext(encoder.Info, crop);
        using var decoder = new HiEndMaeDecoder(decoderConfig, decoderContext);
        const double MaskRatio = 0.75;
        const int Batch = 3;
        using var mask = new TokenMask(rand(Batch, 12).argsort(1), TokenMask.CountVisible(12, MaskRatio));
        using var encoderRuns = new ExecutedOperations(encoder);
        using var decoderRuns = new ExecutedOperations(decoder);
        decoder.Loss(encoder, new PretextBatch(rand(new long[] { Batch, 1, 16, 24, 16 }), mask));
        Assert.Equal(Batch * ((IEncoderCounter)encoderConfig).Count(context, MaskRatio).Sum(part => part.MultiplyAdds), encoderRuns.MultiplyAdds);
        Assert.Equal(Batch * ((IDecoderCounter)decoderConfig).Count(decoderContext, MaskRatio).Sum(part => part.MultiplyAdds), decoderRuns.MultiplyAdds);
    }

    [Theory]
    [InlineData(16, 32, UnetrNorm.Instance, true)]
    [InlineData(12, 24, UnetrNorm.Instance, true)]
    [InlineData(16, 32, UnetrNorm.Batch, true)]
    [InlineData(8, 24, UnetrNorm.Batch, false)]
    [InlineData(6, 24, UnetrNorm.Instance, true)]
    [InlineData(4, 12, UnetrNorm.Instance, true)]
    [InlineData(2, 8, UnetrNorm.Instance, true)]
    public void The_count_equals_the_operations_that_run_in_segmentation(int patch, int edge, UnetrNorm norm, bool residual)
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 crop = Size3.Cube(edge);
        var encoderConfig = new Vit3dConfig { EmbedDim = 24, NumHeads = 2, PatchSize = patch };
        var context = new EncoderContext(2, crop, EncoderUse.Segmentation);
        using var encoder = new Vit3dEncoder(encoderConfig, context);
        var headConfig = new UnetrConfig { FeatureSize = 4, Norm = norm, ResidualBlocks = residual };
        var headContext = new HeadContext(encoder.Info, crop, 3);
        using var head = new UnetrHead(headConfig, headContext);
        using var encoderRuns = new ExecutedOperations(encoder);
        using var headRuns = new ExecutedOperations(head);
        Tensor volumes = rand(new long[] { 2, 2, edge, edge, edge });
        head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks));
        Assert.Equal(2 * ((IEncoderCounter)encoderConfig).Count(context, 0).Sum(part => part.MultiplyAdds), encoderRuns.MultiplyAdds);
        IReadOnlyList<OperationCount> parts = ((IHeadCounter)headConfig).Count(headContext);
        Assert.Equal(2 * parts.Sum(part => part.MultiplyAdds), headRuns.MultiplyAdds);
        Assert.Equal(head.parameters().Sum(parameter => parameter.numel()), parts.Sum(part => part.Parameters));
    }

    [Theory]
    [InlineData(MedNextNorm.Layer)]
    [InlineData(MedNextNorm.Group)]
    public void The_count_equals_the_operations_that_run_in_mednext(MedNextNorm norm) => CountsWhatRuns(new Encoders.MedNextConfig { NumChannels = 4, Norm = norm }, 32);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Without_attention_the_count_equals_the_operations_that_run_in_swin(bool v2) =>
        CountsWhatRuns(new SwinConfig { FeatureSize = 6, NumHeads = [1, 2, 3, 6], Depths = [1, 1, 1, 1], WindowSize = 2, UseV2 = v2 }, 64);

    // Attention that is written with functions is not seen while it runs.
    private static void CountsWhatRuns(IEncoderCounter config, int edge)
    {
        using DisposeScope scope = NewDisposeScope();
        var context = new EncoderContext(1, Size3.Cube(edge), EncoderUse.Segmentation);
        using Encoder encoder = config is SwinConfig swin ? new SwinEncoder(swin, context) : new MedNextEncoder((Encoders.MedNextConfig)config, context);
        encoder.eval();
        using var runs = new ExecutedOperations(encoder);
        using (no_grad()) encoder.Encode(rand(new long[] { 2, 1, edge, edge, edge }), []);
        IReadOnlyList<OperationCount> parts = config.Count(context, 0);
        Assert.Equal(2 * parts.Sum(part => part.MultiplyAdds - part.Products.Attention), runs.MultiplyAdds);
    }

    private static long Matrices(nn.Module module, Func<string, long> tokens) => module.named_parameters()
        .Where(entry => entry.parameter.dim() == 2 || entry.parameter.dim() == 5).Sum(entry => entry.parameter.numel() * tokens(entry.name));

    private static long Matrix(nn.Module module, string name) => module.named_parameters().Single(entry => entry.name == name).parameter.numel();

    private static long Norms(nn.Module module, Func<string, long> tokens) => module.named_parameters()
        .Where(entry => entry.name.Contains("norm", StringComparison.Ordinal) && entry.name.EndsWith("weight", StringComparison.Ordinal)).Sum(entry => 5 * entry.parameter.numel() * tokens(entry.name));
}

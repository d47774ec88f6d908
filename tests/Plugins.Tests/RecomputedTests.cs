using HiEndMae.Imaging;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using HiEndMae.TorchRepairs;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Blocks that compute their activations again give the gradients of blocks that keep them.</summary>
public sealed class RecomputedTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0.2, 0.3)]
    public void Gradients_are_the_same_to_the_last_bit_dropout_included(double dropout, double dropPath)
    {
        (float loss, float[][] gradients, long kept) = Run(checkpoint: false, dropout, dropPath);
        (float again, float[][] recomputed, long less) = Run(checkpoint: true, dropout, dropPath);
        Assert.Equal(loss, again);
        Assert.Equal(gradients, recomputed);
        Assert.True(gradients.Length > 50 && gradients.All(gradient => gradient.Any(value => value != 0)));
        if (TensorMemory.IsInstalled) Assert.True(less < kept / 2, $"{less} bytes after forward, {kept} where activations are kept");
    }

    [Fact]
    public void Later_random_numbers_are_the_same_as_without_recomputation()
    {
        float[] Draw(bool checkpoint)
        {
            using DisposeScope scope = NewDisposeScope();
            manual_seed(5);
            Tensor x = ones(100).requires_grad_();
            Func<IReadOnlyList<Tensor>, Tensor> part = inputs => nn.functional.dropout(inputs[0], 0.5, training: true);
            Tensor y = checkpoint ? Recomputed.Run(part, x) : part([x]);
            Tensor between = rand(3);
            y.sum().backward();
            return [.. y.data<float>(), .. x.grad!.data<float>(), .. between.data<float>(), .. rand(3).data<float>()];
        }
        Assert.Equal(Draw(false), Draw(true));
    }

    [Fact]
    public void Recomputation_uses_the_same_precision()
    {
        var autocast = new Autocast(DeviceType.CPU);
        using DisposeScope scope = NewDisposeScope();
        manual_seed(1);
        Tensor x = rand(8, 8).requires_grad_(), weight = rand(8, 8).requires_grad_();
        float[] Gradients(bool checkpoint)
        {
            using DisposeScope inner = NewDisposeScope();
            if (x.grad is { } old) old.zero_();
            if (weight.grad is { } other) other.zero_();
            autocast.Enter(ScalarType.BFloat16);
            Func<IReadOnlyList<Tensor>, Tensor> part = inputs => inputs[0].matmul(weight).tanh();
            Tensor y = checkpoint ? Recomputed.Run(part, x) : part([x]);
            autocast.Leave();
            Assert.Equal(ScalarType.BFloat16, y.dtype);
            y.to(ScalarType.Float32).sum().backward();
            return [.. x.grad!.data<float>(), .. weight.grad!.data<float>()];
        }
        Assert.Equal(Gradients(false), Gradients(true));
        Assert.False(autocast.IsOn);
    }

    private static (float Loss, float[][] Gradients, long Used) Run(bool checkpoint, double dropout, double dropPath)
    {
        TensorMemory.Install();
        using DisposeScope scope = NewDisposeScope();
        manual_seed(0);
        Size3 crop = Size3.Cube(32);
        using var encoder = new Vit3dEncoder(
            new Vit3dConfig { EmbedDim = 48, Depth = 10, NumHeads = 4, PatchSize = 8, Dropout = dropout, DropPath = dropPath, CheckpointBlocks = checkpoint },
            new EncoderContext(1, crop, EncoderUse.Pretraining));
        using var decoder = new HiEndMaeDecoder(new HiEndMaeConfig { EmbedDim = 24, NumHeads = 4, CheckpointBlocks = checkpoint }, new DecoderContext(encoder.Info, crop));
        Tensor volumes = rand(new long[] { 4, 1, 32, 32, 32 });
        using var mask = new TokenMask(rand(4, 64).argsort(1), 32);
        manual_seed(7);
        long before = TensorMemory.UsedBytes;
        Tensor loss = decoder.Loss(encoder, new PretextBatch(volumes, mask));
        long used = TensorMemory.UsedBytes - before;
        loss.backward();
        return (loss.item<float>(), [.. encoder.parameters().Concat(decoder.parameters()).Where(parameter => parameter.grad is not null).Select(parameter => parameter.grad!.data<float>().ToArray())], used);
    }
}

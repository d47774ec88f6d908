using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Against MONAI 1.2.</summary>
public sealed class LossAndMetricTests
{
    [Fact]
    public void DiceCe_is_monais()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Numbers.Golden("losses_metrics_sliding.safetensors");
        Numbers.AssertClose(golden["dice_ce.loss"], DiceCeLoss.Compute(golden["dice_ce.logits"], golden["dice_ce.labels"]), 1e-6);
    }

    [Fact]
    public void Dice_per_class_is_monais()
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Numbers.Golden("losses_metrics_sliding.safetensors");
        double?[] dice = DiceScore.PerClass(Labels(golden["metrics.prediction"]), Labels(golden["metrics.label"]), 5);
        double[] expected = golden["metrics.dice_per_class"].data<double>().ToArray();
        Assert.Equal(expected.Length, dice.Length);
        for (int k = 0; k < expected.Length; k++)
        {
            if (double.IsNaN(expected[k])) Assert.Null(dice[k]);
            else Assert.Equal(expected[k], dice[k]!.Value, 6);
        }
    }

    [Fact]
    public void A_class_that_the_truth_lacks_has_no_dice_and_does_not_count()
    {
        double?[] dice = DiceScore.PerClass([0, 1, 2, 0], [0, 1, 1, 0], 3);
        Assert.Equal([1.0, 2.0 / 3, null], dice);
        Assert.Equal((1 + 2.0 / 3) / 2, DiceScore.Mean(dice, includeBackground: true)!.Value, 12);
        Assert.Equal(2.0 / 3, DiceScore.Mean(dice, includeBackground: false)!.Value, 12);
    }

    [Theory]
    [InlineData(WindowWeighting.Constant, 0.5, "constant.overlap0.5")]
    [InlineData(WindowWeighting.Constant, 0.25, "constant.overlap0.25")]
    [InlineData(WindowWeighting.Gaussian, 0.5, "gaussian.overlap0.5")]
    [InlineData(WindowWeighting.Gaussian, 0.25, "gaussian.overlap0.25")]
    public void Sliding_windows_are_monais(WindowWeighting weighting, double overlap, string name)
    {
        using DisposeScope scope = NewDisposeScope();
        IReadOnlyDictionary<string, Tensor> golden = Numbers.Golden("losses_metrics_sliding.safetensors");
        Tensor output = SlidingWindow.Infer(golden["sliding.input"], new SlidingWindowOptions(Size3.Cube(32), overlap, weighting, 3), windows =>
        {
            Tensor hidden = nn.functional.conv3d(windows, golden["sliding.weights.0.weight"], golden["sliding.weights.0.bias"], padding: [2, 2, 2]).tanh();
            return nn.functional.conv3d(hidden, golden["sliding.weights.2.weight"], golden["sliding.weights.2.bias"], padding: [1, 1, 1]);
        }, null, CancellationToken.None);
        Numbers.AssertClose(golden["sliding.output." + name], output, 1e-5);
    }

    private static ushort[] Labels(Tensor labels) => [.. labels.reshape(-1).data<byte>().ToArray().Select(value => (ushort)value)];
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;
using HiEndMae.Runs.Machine;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>Compares loss, metrics and sliding windows with those of MONAI.</summary>
public sealed class MetricsKind : IGoldenKind
{
    private const double Loss = 1e-6, Metric = 1e-6, Window = 1e-5;

    /// <inheritdoc/>
    public string Name => "losses-metrics-sliding";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        var found = new List<Deviation>();
        if (golden.Has("dice_ce.loss")) found.Add(new Deviation("DiceCE", golden.Deviation("dice_ce.loss", DiceCeLoss.Compute(golden["dice_ce.logits"], golden["dice_ce.labels"])), Loss));
        if (golden.Has("metrics.prediction")) found.AddRange(Metrics(golden));
        if (golden.Has("sliding.input")) found.AddRange(Windows(golden));
        return found;
    }

    private static IEnumerable<Deviation> Metrics(GoldenFile golden)
    {
        Tensor prediction = golden["metrics.prediction"], label = golden["metrics.label"];
        var size = new Size3((int)label.shape[0], (int)label.shape[1], (int)label.shape[2]);
        int classes = (int)golden["metrics.dice_per_class"].numel();
        Spacing3 spacing = Spacing3.Isotropic(1);
        OrganMeasure[] measures = new LabelComparer(surfaces: true, 1).Measure(Labels(prediction), Labels(label), size, spacing, classes);
        var monai = new ScoringPolicy(MissingOrgans.Monai, IncludeBackground: true, 1);
        (string Name, ScoreMetric Metric, int First)[] all =
        [
            ("dice_per_class", ScoreMetric.Dice, 0), ("hd95_per_class_without_background", ScoreMetric.Hd95, 1), ("surface_dice_1voxel_without_background", ScoreMetric.SurfaceDice, 1),
        ];
        foreach ((string name, ScoreMetric metric, int first) in all)
        {
            double[] expected = golden["metrics." + name].to(ScalarType.Float64).data<double>().ToArray();
            double worst = 0;
            for (int i = 0; i < expected.Length; i++)
            {
                // MONAI's NaN means that there is no score.
                double? score = monai.Score(metric, measures[first + i], ScoringPolicy.Diagonal(size, spacing));
                double difference = (double.IsNaN(expected[i]), score) switch
                {
                    (true, null) => 0,
                    (false, { } value) when double.IsInfinity(expected[i]) => value == expected[i] ? 0 : double.PositiveInfinity,
                    (false, { } value) => Math.Abs(value - expected[i]) / Math.Max(1, Math.Abs(expected[i])),
                    _ => double.PositiveInfinity,
                };
                worst = Math.Max(worst, difference);
            }
            yield return new Deviation($"{name} ({expected.Length} organs)", worst, Metric);
        }
    }

    private static IEnumerable<Deviation> Windows(GoldenFile golden)
    {
        Size3 window = golden.Text("sliding_roi").Split(',') is [var x, var y, var z] ? new Size3(Number(x), Number(y), Number(z)) : throw new Engine.Weights.CheckpointException($"The golden '{golden.Path}' says no sliding_roi of three numbers.");
        foreach (string name in golden.Names("sliding.output.").Order(StringComparer.Ordinal))
        {
            string[] parts = name["sliding.output.".Length..].Split('.', 2);
            WindowWeighting weighting = parts[0] == "gaussian" ? WindowWeighting.Gaussian : WindowWeighting.Constant;
            double overlap = double.Parse(parts[1]["overlap".Length..], System.Globalization.CultureInfo.InvariantCulture);
            Tensor output = SlidingWindow.Infer(golden["sliding.input"], new SlidingWindowOptions(window, overlap, weighting, 3), Network, null, CancellationToken.None);
            yield return new Deviation($"sliding windows, {parts[0]}, overlap {parts[1]["overlap".Length..]}", golden.Deviation(name, output), Window);
        }

        Tensor Network(Tensor windows)
        {
            Tensor hidden = nn.functional.conv3d(windows, golden["sliding.weights.0.weight"], golden["sliding.weights.0.bias"], padding: [2, 2, 2]).tanh();
            return nn.functional.conv3d(hidden, golden["sliding.weights.2.weight"], golden["sliding.weights.2.bias"], padding: [1, 1, 1]);
        }
    }

    private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static ushort[] Labels(Tensor labels) => [.. labels.reshape(-1).data<byte>().ToArray().Select(value => (ushort)value)];
}

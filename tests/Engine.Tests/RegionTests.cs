using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Overlapping regions, as of brain tumours: core 1, edema 2, enhancing 3; the whole is all of them.</summary>
public sealed class RegionTests
{
    private static readonly LabelRegion[] Regions = [new("WT", [1, 2, 3], 2), new("TC", [1, 3], 1), new("ET", [3], 3)];
    private static readonly DatasetInfo Info = new("b", ["T1"], ["background", "core", "edema", "enhancing"]) { Regions = Regions };

    // From the definitions, voxel by voxel: Dice with squared denominators per sample and region, and -t log p - (1 - t) log(1 - p).
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_loss_is_Dice_and_binary_cross_entropy_of_each_region(bool hasIgnored)
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(6);
        Tensor logits = randn([2, 3, 2, 3, 4], ScalarType.Float64) * 3, labels = randint(0, 4, [2, 2, 3, 4], ScalarType.Int64);
        if (hasIgnored) labels = labels.masked_fill(rand([2, 2, 3, 4]).lt(0.3), 255);
        double[] values = [.. logits.data<double>()];
        long[] classes = [.. labels.data<long>()];
        double dice = 0, entropy = 0;
        for (int sample = 0; sample < 2; sample++)
        {
            for (int region = 0; region < 3; region++)
            {
                double both = 0, squares = 0, truths = 0;
                for (int voxel = 0; voxel < 24; voxel++)
                {
                    long label = classes[sample * 24 + voxel];
                    if (label == 255) continue;
                    double target = Regions[region].Classes.Contains((int)label) ? 1 : 0, p = 1 / (1 + Math.Exp(-values[(sample * 3 + region) * 24 + voxel]));
                    both += target * p;
                    squares += p * p;
                    truths += target;
                    entropy -= target * Math.Log(p) + (1 - target) * Math.Log(1 - p);
                }
                dice += 1 - 2 * both / (truths + squares + 1e-6);
            }
        }
        double expected = dice / 6 + entropy / (3 * classes.Count(label => label != 255));
        Assert.Equal(expected, DiceBceLoss.Compute(logits, labels, DiceBceLoss.Membership(Info, CPU)).item<double>(), 1e-10);
        Assert.Equal(nn.functional.binary_cross_entropy_with_logits(logits, zeros_like(logits)).item<double>() + 1,
            DiceBceLoss.Compute(logits, zeros_like(labels), DiceBceLoss.Membership(Info, CPU)).item<double>(), 1e-6);
    }

    // Later regions are written over earlier ones.
    [Fact]
    public void Regions_are_painted_into_a_label_map_in_their_order()
    {
        var decision = new ClassDecision(Regions);
        float[] whole = [0.2f, 0.9f, 0.9f, 0.9f, 0.1f], core = [0.1f, 0.4f, 0.8f, 0.8f, 0.7f], enhancing = [0, 0.1f, 0.2f, 0.6f, 0.3f];
        var labels = new ushort[5];
        decision.Decide(new Volume<float>(3, new Size3(1, 1, 5), Affine.FromSpacing(Spacing3.Isotropic(1)), [.. whole, .. core, .. enhancing]), labels);
        Assert.Equal([0, 2, 1, 3, 1], labels);
        using DisposeScope scope = NewDisposeScope();
        Tensor probabilities = tensor((float[])[.. whole, .. core, .. enhancing], [1, 3, 1, 1, 5]);
        Assert.Equal([0, 2, 1, 3, 1], decision.Decide(probabilities, areProbabilities: true).data<long>().ToArray());
        Assert.Equal([0, 2, 1, 3, 1], decision.Decide((probabilities / (1 - probabilities)).log(), areProbabilities: false).data<long>().ToArray());
    }

    [Fact]
    public void Regions_are_scored_instead_of_classes()
    {
        var size = new Size3(1, 1, 6);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
        var scorer = new CaseScorer(new ScoringPolicy(MissingOrgans.Strict, IncludeBackground: true, SurfaceToleranceMm: 1), [ScoreMetric.Dice], 4, Regions);
        CaseResult result = scorer.Score("a", new Volume<ushort>(1, size, affine, [0, 2, 1, 3, 3, 0]), new Volume<ushort>(1, size, affine, [0, 1, 2, 3, 1, 2]));
        Assert.Equal(["background", "WT", "TC", "ET"], Info.ScoredNames);
        IReadOnlyList<double?> dice = result.Scores[ScoreMetric.Dice];
        Assert.Null(dice[0]);
        // Whole: 4 predicted, 5 true, 4 both. Core: {2, 3, 4} against {1, 3, 4}: 2 both. Enhancing: {3, 4} against {3}.
        Assert.Equal([8 / 9.0, 4 / 6.0, 2 / 3.0], dice.Skip(1).Select(value => Math.Round(value!.Value, 12)).Zip((double[])[8 / 9.0, 4 / 6.0, 2 / 3.0], (found, wanted) => Math.Abs(found - wanted) < 1e-9 ? wanted : found));
        Assert.Equal(3 / 1000.0, result.PredictedMl[2], 1e-12);
    }
}

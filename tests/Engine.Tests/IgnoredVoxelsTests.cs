using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Tests.Data;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Voxels that nobody has labelled: in no loss, no score, no crop centre.</summary>
public sealed class IgnoredVoxelsTests
{
    private const int Classes = 3;

    // From the definition, voxel by voxel, over the voxels that are known.
    [Fact]
    public void The_loss_counts_only_the_other_voxels()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(3);
        Tensor logits = randn([2, Classes, 3, 4, 5], ScalarType.Float64).requires_grad_();
        Tensor labels = randint(0, Classes, [2, 3, 4, 5], ScalarType.Int64);
        Tensor unknown = rand([2, 3, 4, 5]).lt(0.3);
        labels = labels.masked_fill(unknown, 255);
        Tensor loss = DiceCeLoss.Compute(logits, labels, hasIgnored: true);
        Assert.Equal(Expected(logits.detach(), labels), loss.item<double>(), 1e-12);
        loss.backward();
        Assert.Equal(0, logits.grad!.masked_select(unknown.unsqueeze(1).expand_as(logits)).abs().max().item<double>());
        Assert.True(logits.grad!.abs().max().item<double>() > 0);
    }

    [Fact]
    public void Without_ignored_voxels_the_loss_is_unchanged_and_with_only_ignored_voxels_it_is_finite()
    {
        using DisposeScope scope = NewDisposeScope();
        manual_seed(4);
        Tensor logits = randn([1, Classes, 4, 4, 4], ScalarType.Float64);
        Tensor labels = randint(0, Classes, [1, 4, 4, 4], ScalarType.Int64);
        Assert.Equal(DiceCeLoss.Compute(logits, labels).item<double>(), DiceCeLoss.Compute(logits, labels, hasIgnored: true).item<double>(), 1e-12);
        Assert.Equal(1, DiceCeLoss.Compute(logits, full_like(labels, 65535), hasIgnored: true).item<double>(), 1e-12);
    }

    [Fact]
    public void No_crop_is_centred_on_an_ignored_voxel_and_packing_keeps_it()
    {
        var source = new MadeCase("a", Size3.Cube(4), Made.Value, (x, _, z) => x == 0 ? DatasetInfo.IgnoredIndex : z == 3 ? 1 : 0);
        using PreparedCase prepared = Made.Prepared(source, 2);
        Assert.Equal(12, prepared.NumPositive);
        Assert.Equal(36, prepared.NumNegative);
        for (int i = 0; i < prepared.NumPositive; i++) Assert.True(prepared.Positive(i) >= 16 && prepared.Positive(i) % 4 == 3);
        for (int i = 0; i < prepared.NumNegative; i++) Assert.True(prepared.Negative(i) >= 16 && prepared.Negative(i) % 4 != 3);
        Assert.Equal(16, prepared.DecodeLabel().Voxels.Count(label => label == DatasetInfo.IgnoredIndex));
        Assert.Equal([36, 12], prepared.Findings.ClassVoxels);
    }

    // Ten voxels in a row; the last four are ignored, whatever was predicted there.
    [Fact]
    public void The_score_counts_only_the_other_voxels()
    {
        const ushort None = DatasetInfo.IgnoredIndex;
        var size = new Size3(1, 1, 10);
        Affine affine = Affine.FromSpacing(Spacing3.Isotropic(1));
        var scorer = new CaseScorer(new ScoringPolicy(MissingOrgans.Strict, IncludeBackground: true, SurfaceToleranceMm: 1), [ScoreMetric.Dice], 2);
        ushort[] predicted = [1, 1, 0, 0, 0, 0, 1, 1, 0, 0];
        CaseResult result = scorer.Score("a", new Volume<ushort>(1, size, affine, predicted), new Volume<ushort>(1, size, affine, [1, 0, 0, 0, 0, 0, None, None, None, None]));
        Assert.Equal(2 * 4 / 9.0, result.Scores[ScoreMetric.Dice][0]!.Value, 1e-12);
        Assert.Equal(2 * 1 / 3.0, result.Scores[ScoreMetric.Dice][1]!.Value, 1e-12);
        Assert.Equal(2, predicted.Skip(6).Count(label => label == 1));
    }

    private static double Expected(Tensor logits, Tensor labels)
    {
        double[] values = [.. logits.data<double>()];
        long[] classes = [.. labels.data<long>()];
        int voxels = classes.Length / 2;
        double entropy = 0, dice = 0;
        int known = classes.Count(one => one < Classes);
        for (int sample = 0; sample < 2; sample++)
        {
            var (both, squares, truths) = (new double[Classes], new double[Classes], new double[Classes]);
            for (int voxel = 0; voxel < voxels; voxel++)
            {
                long label = classes[sample * voxels + voxel];
                if (label >= Classes) continue;
                double[] powers = [.. Enumerable.Range(0, Classes).Select(k => Math.Exp(values[(sample * Classes + k) * voxels + voxel]))];
                for (int k = 0; k < Classes; k++)
                {
                    double probability = powers[k] / powers.Sum();
                    squares[k] += probability * probability;
                    if (k != label) continue;
                    both[k] += probability;
                    truths[k]++;
                    entropy -= Math.Log(probability);
                }
            }
            for (int k = 0; k < Classes; k++) dice += 1 - 2 * both[k] / (truths[k] + squares[k] + 1e-6);
        }
        return dice / (2 * Classes) + entropy / known;
    }
}

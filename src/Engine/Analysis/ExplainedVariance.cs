using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Computes R2 of predictions over the tokens of many cases: 1 - squared residuals / squares about the mean. It keeps four sums per case and class.</summary>
/// <param name="numCases">Number of cases.</param>
/// <param name="numTargets">Number of classes without background.</param>
internal sealed class ExplainedVariance(int numCases, int numTargets)
{
    private readonly double[,] residual = new double[numCases, numTargets];
    private readonly double[,] sum = new double[numCases, numTargets];
    private readonly double[,] square = new double[numCases, numTargets];
    private readonly double[] count = new double[numCases];

    /// <summary>Adds tokens of a case.</summary>
    /// <param name="index">The case.</param>
    /// <param name="predicted">[n, K].</param>
    /// <param name="truth">[n, K].</param>
    public void Add(int index, Tensor predicted, Tensor truth)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] residuals = (predicted - truth).square().sum([0]).data<double>().ToArray(), sums = truth.sum([0]).data<double>().ToArray(), squares = truth.square().sum([0]).data<double>().ToArray();
        for (int k = 0; k < numTargets; k++)
        {
            residual[index, k] += residuals[k];
            sum[index, k] += sums[k];
            square[index, k] += squares[k];
        }
        count[index] += truth.shape[0];
    }

    /// <summary>Returns R2 by class; null for a class whose truth does not vary.</summary>
    public IReadOnlyList<double?> ByClass() => [.. Enumerable.Range(0, numTargets).Select(k => Of(k, Enumerable.Range(0, numCases)))];

    /// <summary>Returns the mean R2 over classes, with the percentile interval of a bootstrap over cases.</summary>
    public Statistic Mean(int bootstrapSamples, int seed)
    {
        double mean = MeanOver(Enumerable.Range(0, numCases)) ?? double.NaN;
        if (bootstrapSamples == 0 || numCases < 2) return new Statistic(numCases, mean, null, null, null);
        var random = new RandomSource(seed, Purpose.Bootstrap);
        var means = new double[bootstrapSamples];
        var drawn = new int[numCases];
        for (int sample = 0; sample < bootstrapSamples; sample++)
        {
            for (int i = 0; i < numCases; i++) drawn[i] = random.NextInt(numCases);
            means[sample] = MeanOver(drawn) ?? mean;
        }
        Array.Sort(means);
        double tail = (1 - Statistic.Confidence) / 2 * (bootstrapSamples - 1);
        return new Statistic(numCases, mean, null, means[(int)Math.Round(tail)], means[(int)Math.Round(bootstrapSamples - 1 - tail)]);
    }

    private double? MeanOver(IEnumerable<int> cases)
    {
        int[] chosen = [.. cases];
        return Enumerable.Range(0, numTargets).Select(k => Of(k, chosen)).Average();
    }

    private double? Of(int k, IEnumerable<int> cases)
    {
        double residuals = 0, sums = 0, squares = 0, counts = 0;
        foreach (int index in cases)
        {
            residuals += residual[index, k];
            sums += sum[index, k];
            squares += square[index, k];
            counts += count[index];
        }
        double total = squares - sums * sums / counts;
        return total > 1e-12 ? 1 - residuals / total : null;
    }
}

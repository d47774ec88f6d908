using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Runs.Results;

/// <summary>Compares two evaluations.</summary>
/// <param name="First">Evaluation of the first run.</param>
/// <param name="Second">Evaluation of the second run.</param>
/// <param name="Cases">Cases that both evaluations have.</param>
/// <param name="Unpaired">Cases that only one evaluation has.</param>
/// <param name="Metrics">Metrics that both evaluations have.</param>
internal sealed record RunComparison(StoredEvaluation First, StoredEvaluation Second, IReadOnlyList<string> Cases, IReadOnlyList<string> Unpaired, IReadOnlyList<MetricComparison> Metrics)
{
    private const int BootstrapSamples = 10_000;

    /// <summary>Differences in the settings, which make the scores less comparable.</summary>
    public IReadOnlyList<string> Differences => [.. First.Settings.Keys.Union(Second.Settings.Keys)
        .Where(key => key != "inference" && First.Settings.GetValueOrDefault(key) != Second.Settings.GetValueOrDefault(key))
        .Select(key => $"{key} is '{First.Settings.GetValueOrDefault(key, "unknown")}' in the first and '{Second.Settings.GetValueOrDefault(key, "unknown")}' in the second")];

    /// <exception cref="VolumeException">The evaluations have no case in common.</exception>
    public static RunComparison Of(StoredEvaluation first, StoredEvaluation second)
    {
        string[] cases = [.. first.Scores.Keys.Where(second.Scores.ContainsKey)];
        if (cases.Length == 0) throw new VolumeException($"The evaluations '{first.Name}' and '{second.Name}' have no case in common and cannot be compared: the first has {Some(first)}, the second {Some(second)}.");
        string[] unpaired = [.. first.Scores.Keys.Union(second.Scores.Keys).Except(cases)];
        string[] labels = [.. first.Labels.Where(second.Labels.Contains)];
        return new RunComparison(first, second, cases, unpaired, [.. first.Metrics.Where(second.Metrics.Contains).Select(Compare)]);

        MetricComparison Compare(ScoreMetric metric)
        {
            bool background = first.IncludesBackground && second.IncludesBackground;
            ComparisonRow mean = Row("mean", (evaluation, name) => evaluation.Mean(name, metric, background));
            ComparisonRow[] rows = [.. labels.Skip(metric.IsOfSurfaces() ? 1 : 0).Select(label =>
                Row(label, (evaluation, name) => evaluation.Scores[name].TryGetValue(label, out var scores) ? scores.GetValueOrDefault(metric) : null))];
            // A class without a difference has no test and is left out of the adjustment.
            int[] tested = [.. Enumerable.Range(0, rows.Length).Where(i => rows[i].Test.Count > 0)];
            double[] adjusted = SignedRankTest.Holm([.. tested.Select(i => rows[i].Test.PValue)]);
            for (int i = 0; i < tested.Length; i++) rows[tested[i]] = rows[tested[i]] with { Holm = adjusted[i] };
            return new MetricComparison(metric, [mean, .. rows]);
        }

        ComparisonRow Row(string name, Func<StoredEvaluation, string, double?> value)
        {
            (double A, double B)[] pairs = [.. cases.Select(one => (A: value(first, one), B: value(second, one)))
                .Where(pair => pair is { A: { } a, B: { } b } && double.IsFinite(a) && double.IsFinite(b)).Select(pair => (pair.A!.Value, pair.B!.Value))];
            SignedRankTest test = SignedRankTest.Of(pairs.Select(pair => pair.B - pair.A));
            return new ComparisonRow(
                name, pairs.Length, pairs.Length == 0 ? double.NaN : pairs.Average(pair => pair.A), pairs.Length == 0 ? double.NaN : pairs.Average(pair => pair.B),
                Statistic.Of(pairs.Select(pair => (double?)(pair.B - pair.A)), BootstrapSamples, seed: 0), test, test.PValue);
        }
    }

    private static string Some(StoredEvaluation evaluation) => $"{string.Join(", ", evaluation.Scores.Keys.Take(3))}{(evaluation.Scores.Count > 3 ? ", ..." : "")}";
}

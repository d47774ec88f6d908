using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Stages;

/// <summary>Gathers the scores that several ranks have computed, in the order of the cases. Case i belongs to rank i % size.</summary>
internal static class CaseGathering
{
    /// <summary>Whether a case is this rank's.</summary>
    public static bool IsOwn(IProcessGroup group, int index) => index % group.Size == group.Rank;

    /// <summary>Brings them together; every rank gets all.</summary>
    /// <param name="group">The ranks.</param>
    /// <param name="ids">Ids of all cases, in order.</param>
    /// <param name="own">Results by index of the case; null for cases of other ranks and for those that failed.</param>
    /// <param name="metrics">Metrics of every result.</param>
    /// <param name="classes">Classes, background included.</param>
    /// <returns>By index; null for those that failed.</returns>
    public static IReadOnlyList<CaseResult?> Gather(IProcessGroup group, IReadOnlyList<string> ids, IReadOnlyList<CaseResult?> own, IReadOnlyList<ScoreMetric> metrics, int classes)
    {
        if (group.Size == 1) return own;
        // Values of a case: whether it has a result; for each metric and class whether there is a score, and the score; volumes.
        int width = 1 + (2 * metrics.Count * classes) + (2 * classes), rounds = (ids.Count + group.Size - 1) / group.Size;
        var mine = new double[rounds * width];
        for (int index = group.Rank; index < ids.Count; index += group.Size)
        {
            if (own[index] is { } result) Write(mine.AsSpan(index / group.Size * width, width), result, metrics, classes);
        }
        var all = new double[mine.Length * group.Size];
        group.Gather(mine, all);
        return [.. ids.Select((id, index) => Read(all.AsSpan((index % group.Size * mine.Length) + (index / group.Size * width), width), id, metrics, classes))];
    }

    private static void Write(Span<double> place, CaseResult result, IReadOnlyList<ScoreMetric> metrics, int classes)
    {
        int at = 0;
        place[at++] = 1;
        foreach (ScoreMetric metric in metrics)
        {
            foreach (double? score in result.Scores[metric])
            {
                place[at++] = score is null ? 0 : 1;
                place[at++] = score ?? 0;
            }
        }
        for (int label = 0; label < classes; label++)
        {
            place[at++] = result.PredictedMl[label];
            place[at++] = result.TruthMl[label];
        }
    }

    private static CaseResult? Read(ReadOnlySpan<double> place, string id, IReadOnlyList<ScoreMetric> metrics, int classes)
    {
        if (place[0] == 0) return null;
        int at = 1;
        var scores = new Dictionary<ScoreMetric, IReadOnlyList<double?>>();
        foreach (ScoreMetric metric in metrics)
        {
            var of = new double?[classes];
            for (int label = 0; label < classes; label++)
            {
                of[label] = place[at] > 0 ? place[at + 1] : null;
                at += 2;
            }
            scores[metric] = of;
        }
        var (predicted, truth) = (new double[classes], new double[classes]);
        for (int label = 0; label < classes; label++)
        {
            predicted[label] = place[at++];
            truth[label] = place[at++];
        }
        return new CaseResult(id, scores, predicted, truth);
    }
}

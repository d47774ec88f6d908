using HiEndMae.Engine.Metrics;
using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Statistics;

namespace HiEndMae.Reports.Tables;

/// <summary>Compares two rows seed by seed.</summary>
/// <param name="Question">The two rows.</param>
/// <param name="Column">The column.</param>
/// <param name="Difference">Mean difference of runs with equal seeds, in points of Dice; null if the rows share no seed.</param>
/// <param name="PaperColumn">The corresponding column of the paper.</param>
/// <param name="PaperDifference">The difference in the paper, or null.</param>
internal sealed record Comparison(PaperQuestion Question, string Column, Estimate? Difference, string PaperColumn, decimal? PaperDifference)
{
    private const double Level = 0.05;

    /// <summary>The p-value of no difference, adjusted by Holm's procedure for the comparisons of the table; null without two seeds.</summary>
    public double? AdjustedP { get; init; }

    /// <summary>Whether there is a difference at 5 % for all comparisons of the table together.</summary>
    public bool IsShown => AdjustedP < Level;

    /// <summary>Describes the result in words.</summary>
    public string Verdict => Difference switch
    {
        null => "no result",
        { HalfWidth: null } => "one seed only",
        { Mean: > 0 } when IsShown => "better",
        { Mean: < 0 } when IsShown => "worse",
        _ => "no difference shown",
    };

    /// <summary>Adjusts the p-values of the comparisons of one table.</summary>
    public static IReadOnlyList<Comparison> Adjusted(IEnumerable<Comparison> comparisons)
    {
        Comparison[] all = [.. comparisons];
        int[] tested = [.. Enumerable.Range(0, all.Length).Where(i => all[i].Difference?.PValue is not null)];
        double[] adjusted = SignedRankTest.Holm([.. tested.Select(i => all[i].Difference!.PValue!.Value)]);
        for (int i = 0; i < tested.Length; i++) all[tested[i]] = all[tested[i]] with { AdjustedP = adjusted[i] };
        return all;
    }
}

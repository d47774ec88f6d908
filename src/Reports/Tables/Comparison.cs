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
    /// <summary>Describes the result in words.</summary>
    public string Verdict => Difference switch
    {
        null => "no result",
        { HalfWidth: null } => "one seed only",
        { Low: > 0 } => "better",
        { High: < 0 } => "worse",
        _ => "no difference shown",
    };
}

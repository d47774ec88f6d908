using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Statistics;

namespace HiEndMae.Reports.Tables;

/// <summary>Whether one row is better than another, seed by seed.</summary>
/// <param name="Question">The two rows.</param>
/// <param name="Column">Where.</param>
/// <param name="Difference">Mean of the differences of runs with equal seeds, points of Dice; null where no seed is in both rows.</param>
/// <param name="PaperColumn">The paper's column beside it.</param>
/// <param name="PaperDifference">The same by the paper; null where it has none.</param>
internal sealed record Comparison(PaperQuestion Question, string Column, Estimate? Difference, string PaperColumn, decimal? PaperDifference)
{
    /// <summary>In words.</summary>
    public string Verdict => Difference switch
    {
        null => "no result",
        { HalfWidth: null } => "one seed: nothing can be said",
        { Low: > 0 } => "better",
        { High: < 0 } => "worse",
        _ => "not to be told apart",
    };
}

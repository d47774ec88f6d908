using HiEndMae.Reports.Statistics;

namespace HiEndMae.Reports.Tables;

/// <summary>A cell: ours and the paper's.</summary>
/// <param name="Ours">Mean over seeds, in percent; null where there is no result.</param>
/// <param name="Paper">The paper's number; null where it has none.</param>
/// <param name="PaperText">As printed.</param>
internal sealed record ReportCell(Estimate? Ours, decimal? Paper, string PaperText)
{
    /// <summary>Ours minus the paper's; null where one is missing.</summary>
    public double? Difference => Ours is null || Paper is null ? null : Ours.Mean - (double)Paper.Value;
}

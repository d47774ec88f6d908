using HiEndMae.Reports.Statistics;

namespace HiEndMae.Reports.Tables;

/// <summary>A cell with our result and the paper's.</summary>
/// <param name="Ours">Our mean over seeds in percent, or null.</param>
/// <param name="Paper">The paper's number, or null.</param>
/// <param name="PaperText">The paper's number as printed.</param>
internal sealed record ReportCell(Estimate? Ours, decimal? Paper, string PaperText)
{
    /// <summary>Our result minus the paper's; null if one is missing.</summary>
    public double? Difference => Ours is null || Paper is null ? null : Ours.Mean - (double)Paper.Value;
}

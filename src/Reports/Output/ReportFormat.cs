namespace HiEndMae.Reports.Output;

/// <summary>Forms of a report.</summary>
internal enum ReportFormat
{
    /// <summary>For a terminal.</summary>
    Terminal,

    /// <summary>For a README or a pull request.</summary>
    Markdown,

    /// <summary>A line per cell, for other programs.</summary>
    Csv,

    /// <summary>Tables for a paper (booktabs).</summary>
    Latex,

    /// <summary>One file with tables, curves and pictures.</summary>
    Html,
}

namespace HiEndMae.Reports.Output;

/// <summary>Output formats of a report.</summary>
internal enum ReportFormat
{
    /// <summary>Tables for a terminal.</summary>
    Terminal,

    /// <summary>Markdown, for a README or a pull request.</summary>
    Markdown,

    /// <summary>CSV with a line per cell, for other programs.</summary>
    Csv,

    /// <summary>LaTeX tables for a paper (booktabs).</summary>
    Latex,

    /// <summary>One HTML file with tables, curves and pictures.</summary>
    Html,
}

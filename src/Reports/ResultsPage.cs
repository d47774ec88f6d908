using HiEndMae.Configuration.Shared;
using HiEndMae.Reports.Html;
using HiEndMae.Reports.Records;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Reports;

/// <summary>The HTML report of a few runs, as <c>hiendmae report</c> writes it.</summary>
/// <param name="catalog">Plugins, to count operations.</param>
/// <param name="clock">The time that the page states.</param>
internal sealed class ResultsPage(PluginCatalog catalog, TimeProvider clock) : IResultsPage
{
    /// <inheritdoc/>
    public void Write(IReadOnlyList<string> runs, string path)
    {
        var reader = new RunReader(clock);
        RunRecord[] records = [.. runs.SelectMany(reader.ReadAll)];
        string text = new HtmlReport(clock).Write(ReportSource.Tables(ReportSource.OfRuns(records, catalog), null));
        AtomicFile.WriteText(path, text);
    }
}

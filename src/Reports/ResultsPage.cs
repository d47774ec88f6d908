using HiEndMae.Configuration.Shared;
using HiEndMae.Reports.Html;
using HiEndMae.Reports.Records;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Reports;

/// <summary>Writes the HTML report of some runs, as <c>hiendmae report</c> does.</summary>
/// <param name="catalog">Plugins, to count operations.</param>
/// <param name="clock">Gives the time that the page shows.</param>
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

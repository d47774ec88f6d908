using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.ExperimentFiles.Paper;

namespace HiEndMae.Reports.Tables;

/// <summary>The [report] table of a config. It is read without a schema, so that runs of other versions can be read as well.</summary>
/// <param name="Table">Table of the paper.</param>
/// <param name="Rows">Rows by start.</param>
/// <param name="Column">Column of the mean; empty if classes have columns.</param>
/// <param name="StandIn">Name of the data if it stands in for the paper's; otherwise empty.</param>
internal sealed record ReportTarget(string Table, IReadOnlyDictionary<string, string> Rows, string Column, string StandIn)
{
    /// <summary>Reads the table. Returns null if it is missing or names something that this version does not know.</summary>
    public static ReportTarget? Of(ConfigTable config)
    {
        string table = Text("table");
        if (!PaperTables.Names.Contains(table) || ConfigTree.Find(config, ["report", "rows"]) is not ConfigTable rows) return null;
        return new ReportTarget(
            table, rows.Entries.Where(entry => entry.Value is ConfigScalar { Value: string }).ToDictionary(entry => entry.Key, entry => (string)((ConfigScalar)entry.Value).Value),
            Text("column"), Text("stand_in"));

        string Text(string key) => (ConfigTree.Find(config, ["report", key]) as ConfigScalar)?.Value as string ?? "";
    }
}

using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.ExperimentFiles.Paper;

namespace HiEndMae.Reports.Tables;

/// <summary>[report] of a config, read without a schema, so that runs of other versions can be read too.</summary>
/// <param name="Table">The paper's table.</param>
/// <param name="Rows">Row by start.</param>
/// <param name="Column">Column of the mean; empty where classes have columns.</param>
/// <param name="StandIn">Name of data that is not the paper's; empty for none.</param>
internal sealed record ReportTarget(string Table, IReadOnlyDictionary<string, string> Rows, string Column, string StandIn)
{
    /// <summary>Reads it; null where the config does not say, or names what this version does not know.</summary>
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

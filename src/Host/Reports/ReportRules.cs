using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.Host.Reports.Paper;
using HiEndMae.Host.Running;

namespace HiEndMae.Host.Reports;

/// <summary>Whether [report] names a row and a column that the paper's table has, and starts that the experiment has.</summary>
internal static class ReportRules
{
    /// <summary>Reports every name that is none.</summary>
    /// <param name="config">The experiment, bound: its table is one of those known.</param>
    /// <param name="tree">As written, for places.</param>
    /// <param name="report">Takes each error.</param>
    public static void Check(ExperimentConfig config, ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        if (config.Report is not { } wanted || !PaperTables.Names.Contains(wanted.Table)) return;
        PaperTable table = PaperTables.Get(wanted.Table);
        string[] starts = [.. (config.Finetune?.Init ?? []).Select(StagePlan.NameOf)];
        foreach ((string start, string row) in wanted.Rows)
        {
            ConfigNode place = Place("rows", start);
            if (table.FindRow(row) is null)
                Error("HEM085", $"'{NearestName.Shorten(row)}' is no row of the paper's {table.Heading}{NearestName.Suggest(row, table.Rows.Select(one => one.Id), listAll: true)}", place);
            if (!starts.Contains(start))
                Error("HEM087", $"'{NearestName.Shorten(start)}' in [report.rows] is no start of [finetune]{NearestName.Suggest(start, starts, listAll: true)}", place);
        }
        if (wanted.Column.Length > 0 && table.FindColumn(wanted.Column) is null)
            Error("HEM086", $"'{NearestName.Shorten(wanted.Column)}' is no column of the paper's {table.Heading}{NearestName.Suggest(wanted.Column, table.Columns.Select(one => one.Id), listAll: true)}", Place("column"));
        if (wanted.StandIn.Length > 0 && table.FindColumn(wanted.StandIn) is not null)
            Error("HEM088", $"'stand_in' in [report] is '{wanted.StandIn}', a column of the paper: it must name data that is not the paper's, such as \"phantoms\"", Place("stand_in"));

        ConfigNode Place(params string[] keys) => ConfigTree.Find(tree, ["report", .. keys]) ?? ConfigTree.Find(tree, ["report"]) ?? tree;

        void Error(string id, string message, ConfigNode node) => report(new ConfigDiagnostic(id, true, message, node.Source));
    }
}

using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles.Paper;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks that <c>[report]</c> names a row and a column of the paper's table, and starts of the experiment.</summary>
internal static class ReportRules
{
    /// <summary>Reports every unknown name.</summary>
    public static void Check(ConfigTable tree, CheckContext context)
    {
        // An unknown table was reported with its key.
        if (tree.Find("report") is not ConfigTable wanted || Text(wanted.Find("table")) is not { } name || !PaperTables.Names.Contains(name)) return;
        PaperTable table = PaperTables.Get(name);
        string[]? starts = StartsOf(tree, context);
        foreach (ConfigEntry entry in (wanted.Find("rows") as ConfigTable)?.Entries ?? [])
        {
            if (Text(entry.Value) is { } row && table.FindRow(row) is null)
                Error("HEM085", $"'{NearestName.Shorten(row)}' is not a row of the paper's {table.Heading}{NearestName.Suggest(row, table.Rows.Select(one => one.Id), listAll: true)}", entry.Value.Source);
            if (starts?.Contains(entry.Key) == false)
                Error("HEM087", $"'{NearestName.Shorten(entry.Key)}' in [report.rows] is not a start of [finetune]{NearestName.Suggest(entry.Key, starts, listAll: true)}", entry.KeySource);
        }
        if (wanted.Find("column") is { } column && Text(column) is { Length: > 0 } id && table.FindColumn(id) is null)
            Error("HEM086", $"'{NearestName.Shorten(id)}' is not a column of the paper's {table.Heading}{NearestName.Suggest(id, table.Columns.Select(one => one.Id), listAll: true)}", column.Source);
        if (wanted.Find("stand_in") is { } standIn && Text(standIn) is { Length: > 0 } data && table.FindColumn(data) is not null)
            Error("HEM088", $"'stand_in' in [report] is '{data}', a column of the paper: it must name data that is not the paper's, such as \"phantoms\"", standIn.Source);

        void Error(string number, string message, SourceSpan source) => context.Report(new ConfigDiagnostic(number, true, message, source));
    }

    // Null if they are not known: the starts of a part may be in the file that extends it, and the name of a start may depend on the machine.
    private static string[]? StartsOf(ConfigTable tree, CheckContext context)
    {
        if (context.IsPart) return null;
        if (tree.Find("finetune") is not ConfigTable finetune) return [];
        if (finetune.Find("init") is not { } init) return ["pretrain"];
        string?[] starts = [.. (init as ConfigArray)?.Items.Select(Text) ?? [null]];
        return starts.Any(start => start is null || start.Contains("${env:")) ? null : [.. starts.Select(start => StartName.Of(start!))];
    }

    private static string? Text(ConfigNode? node) => node is ConfigScalar { Value: string text } ? text : null;
}

namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A table of the paper, as printed.</summary>
/// <param name="Id">Id of the table in configs.</param>
/// <param name="Title">Short description of the table.</param>
/// <param name="Source">Its place in the paper.</param>
/// <param name="Metric">Metric of its numbers.</param>
/// <param name="LabelNames">Headings of the columns that describe a row.</param>
/// <param name="FlopsColumn">The column of them that contains GFLOPs of the decoder; empty for none.</param>
/// <param name="Columns">Columns of results.</param>
/// <param name="Rows">Rows from top to bottom.</param>
/// <param name="Means">Columns that are means of others.</param>
/// <param name="Questions">Comparisons that the table is meant to show.</param>
/// <param name="Notes">Notes for readers.</param>
public sealed record PaperTable(
    string Id, string Title, string Source, string Metric, IReadOnlyList<string> LabelNames, string FlopsColumn, IReadOnlyList<PaperColumn> Columns,
    IReadOnlyList<PaperRow> Rows, IReadOnlyList<PaperMean> Means, IReadOnlyList<PaperQuestion> Questions, IReadOnlyList<string> Notes)
{
    /// <summary>Name in the paper, such as "Table 5" or "Figure 2".</summary>
    public string Heading => Id.StartsWith("figure", StringComparison.Ordinal) ? $"Figure {Id.Substring("figure".Length)}"
        : $"Table {Id.Substring("table".Length).TrimStart('-').ToUpperInvariant()}";

    /// <summary>Returns the row with a name; null if there is none.</summary>
    public PaperRow? FindRow(string id) => Rows.FirstOrDefault(row => row.Id == id);

    /// <summary>Returns the column with a name; null if there is none.</summary>
    public PaperColumn? FindColumn(string id) => Columns.FirstOrDefault(column => column.Id == id);
}

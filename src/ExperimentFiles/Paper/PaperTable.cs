namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A table of the paper, as printed.</summary>
/// <param name="Id">What configs call it.</param>
/// <param name="Title">What it shows, in our words.</param>
/// <param name="Source">Where it stands.</param>
/// <param name="Metric">What its numbers are.</param>
/// <param name="LabelNames">Headings of the columns that name a row.</param>
/// <param name="FlopsColumn">The one of them that holds GFLOPs of the decoder; empty for none.</param>
/// <param name="Columns">Columns of results.</param>
/// <param name="Rows">Rows from top to bottom.</param>
/// <param name="Means">Columns that are means of others.</param>
/// <param name="Questions">Comparisons that it is there for.</param>
/// <param name="Notes">What a reader must know.</param>
public sealed record PaperTable(
    string Id, string Title, string Source, string Metric, IReadOnlyList<string> LabelNames, string FlopsColumn, IReadOnlyList<PaperColumn> Columns,
    IReadOnlyList<PaperRow> Rows, IReadOnlyList<PaperMean> Means, IReadOnlyList<PaperQuestion> Questions, IReadOnlyList<string> Notes)
{
    /// <summary>Such as "Table 5", "Figure 2".</summary>
    public string Heading => Id.StartsWith("figure", StringComparison.Ordinal) ? $"Figure {Id.Substring("figure".Length)}"
        : $"Table {Id.Substring("table".Length).TrimStart('-').ToUpperInvariant()}";

    /// <summary>The row of a name; null where there is none.</summary>
    public PaperRow? FindRow(string id) => Rows.FirstOrDefault(row => row.Id == id);

    /// <summary>The column of a name; null where there is none.</summary>
    public PaperColumn? FindColumn(string id) => Columns.FirstOrDefault(column => column.Id == id);
}

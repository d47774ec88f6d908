namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A row of a table of the paper.</summary>
/// <param name="Section">Heading over several rows; empty for none.</param>
/// <param name="Id">What configs call it; ours where the paper gives no name of its own.</param>
/// <param name="Labels">Its first columns, as printed.</param>
/// <param name="Cells">Its numbers by column id, as printed; "-" where the paper has none.</param>
public sealed record PaperRow(string Section, string Id, IReadOnlyList<string> Labels, IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>The number in a column; null where the paper has none.</summary>
    public decimal? Value(string column) =>
        Cells.TryGetValue(column, out string? text) && decimal.TryParse(text, System.Globalization.NumberStyles.Number, System.Globalization.CultureInfo.InvariantCulture, out decimal value) ? value : null;
}

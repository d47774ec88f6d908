namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A row of a table of the paper.</summary>
/// <param name="Section">Heading over several rows; empty for none.</param>
/// <param name="Id">Id of the row in configs. Chosen here if the paper has no unique name.</param>
/// <param name="Labels">Its descriptive columns, as printed.</param>
/// <param name="Cells">Its numbers by column id, as printed; "-" if the paper gives none.</param>
public sealed record PaperRow(string Section, string Id, IReadOnlyList<string> Labels, IReadOnlyDictionary<string, string> Cells)
{
    /// <summary>Returns the number in a column; null if the paper gives none.</summary>
    public decimal? Value(string column) =>
        Cells.TryGetValue(column, out string? text) && decimal.TryParse(text, System.Globalization.NumberStyles.Number, System.Globalization.CultureInfo.InvariantCulture, out decimal value) ? value : null;
}

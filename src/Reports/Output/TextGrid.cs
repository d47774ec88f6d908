namespace HiEndMae.Reports.Output;

/// <summary>A table ready to print, whatever the format.</summary>
/// <param name="Columns">Headings.</param>
/// <param name="Lines">From top to bottom.</param>
internal sealed record TextGrid(IReadOnlyList<GridColumn> Columns, IReadOnlyList<GridLine> Lines);

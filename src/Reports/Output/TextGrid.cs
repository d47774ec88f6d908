namespace HiEndMae.Reports.Output;

/// <summary>A laid out table, independent of the output format.</summary>
/// <param name="Columns">Columns from left to right.</param>
/// <param name="Lines">Lines from top to bottom.</param>
internal sealed record TextGrid(IReadOnlyList<GridColumn> Columns, IReadOnlyList<GridLine> Lines);

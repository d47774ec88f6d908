namespace HiEndMae.Reports.Output;

/// <summary>A line of a printed table.</summary>
/// <param name="Section">Heading above the line; null if it belongs to the section of the previous line.</param>
/// <param name="Cells">One cell per column.</param>
internal sealed record GridLine(string? Section, IReadOnlyList<GridCell> Cells);

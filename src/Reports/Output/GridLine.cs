namespace HiEndMae.Reports.Output;

/// <summary>A line of a printed table.</summary>
/// <param name="Section">Heading above it; null where it is in the section of the line before.</param>
/// <param name="Cells">One per column.</param>
internal sealed record GridLine(string? Section, IReadOnlyList<GridCell> Cells);

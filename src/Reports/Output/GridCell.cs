namespace HiEndMae.Reports.Output;

/// <summary>A cell of a printed table.</summary>
/// <param name="Text">Text of the cell; may be empty.</param>
/// <param name="IsBest">Whether it is the best of its column.</param>
/// <param name="IsOurs">Whether it is one of our results.</param>
internal sealed record GridCell(string Text, bool IsBest = false, bool IsOurs = false);

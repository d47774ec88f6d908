namespace HiEndMae.Reports.Output;

/// <summary>A cell of a printed table.</summary>
/// <param name="Text">What it says; empty for nothing.</param>
/// <param name="IsBest">The best of its column.</param>
/// <param name="IsOurs">A result of ours.</param>
internal sealed record GridCell(string Text, bool IsBest = false, bool IsOurs = false);

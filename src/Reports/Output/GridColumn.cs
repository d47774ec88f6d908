namespace HiEndMae.Reports.Output;

/// <summary>A column of a printed table.</summary>
/// <param name="Group">Heading over several columns; empty for none.</param>
/// <param name="Name">Heading.</param>
/// <param name="IsNumber">Whether the column is right-aligned.</param>
internal sealed record GridColumn(string Group, string Name, bool IsNumber);

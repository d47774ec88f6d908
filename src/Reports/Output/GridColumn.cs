namespace HiEndMae.Reports.Output;

/// <summary>A column of a printed table.</summary>
/// <param name="Group">Heading over several columns; empty for none.</param>
/// <param name="Name">Heading.</param>
/// <param name="IsNumber">Whether it stands to the right.</param>
internal sealed record GridColumn(string Group, string Name, bool IsNumber);

namespace HiEndMae.Reports.Tables;

/// <summary>A column of results.</summary>
/// <param name="Id">Identifier, unique within the table.</param>
/// <param name="Group">Heading over several columns; empty for none.</param>
/// <param name="Name">Heading.</param>
/// <param name="IsOurs">Whether the paper has no such column.</param>
internal sealed record ReportColumn(string Id, string Group, string Name, bool IsOurs);

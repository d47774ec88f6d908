namespace HiEndMae.Generators.Model;

/// <summary>Result of parsing: the record if it can be completed, its errors, and its location.</summary>
internal sealed record ParsedRecord(RecordModel? Record, EquatableArray<DiagnosticInfo> Diagnostics, LocationInfo? Location);

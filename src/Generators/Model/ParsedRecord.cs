namespace HiEndMae.Generators.Model;

/// <summary>What parsing gives: the record where it can be completed, what is wrong with it, and where it stands.</summary>
internal sealed record ParsedRecord(RecordModel? Record, EquatableArray<DiagnosticInfo> Diagnostics, LocationInfo? Location);

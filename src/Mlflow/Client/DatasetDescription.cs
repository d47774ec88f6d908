namespace HiEndMae.Mlflow;

/// <summary>A dataset as MLflow names it: the same name and digest are the same dataset.</summary>
/// <param name="Name">Up to 500 characters.</param>
/// <param name="Digest">Up to 36 characters that change when the content does.</param>
/// <param name="SourceType">Such as local.</param>
/// <param name="Source">Where it comes from, as JSON.</param>
/// <param name="Schema">Its columns, as JSON; null for none.</param>
/// <param name="Profile">Its figures, such as a count of cases, as JSON; null for none.</param>
public sealed record DatasetDescription(string Name, string Digest, string SourceType, string Source, string? Schema = null, string? Profile = null);

namespace HiEndMae.Mlflow;

/// <summary>A dataset in MLflow. Name and digest together identify it.</summary>
/// <param name="Name">Name, up to 500 characters.</param>
/// <param name="Digest">Checksum of the content, up to 36 characters.</param>
/// <param name="SourceType">Type of the source, such as local.</param>
/// <param name="Source">Origin of the data, as JSON.</param>
/// <param name="Schema">Columns, as JSON; null for none.</param>
/// <param name="Profile">Statistics, such as the number of cases, as JSON; null for none.</param>
public sealed record DatasetDescription(string Name, string Digest, string SourceType, string Source, string? Schema = null, string? Profile = null);

namespace HiEndMae.Mlflow;

/// <summary>A version of a registered model.</summary>
/// <param name="Name">Name of the registered model.</param>
/// <param name="Version">Its number.</param>
/// <param name="Source">Location of the files that were registered.</param>
/// <param name="RunId">The run that created it; empty for none.</param>
/// <param name="ModelId">The logged model that was registered; null before MLflow 3.</param>
public sealed record ModelVersion(string Name, string Version, string? Source, string? RunId, string? ModelId);

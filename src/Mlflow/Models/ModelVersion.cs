namespace HiEndMae.Mlflow;

/// <summary>A version of a registered model.</summary>
/// <param name="Name">Name of the registered model.</param>
/// <param name="Version">Its number.</param>
/// <param name="Source">Where it was registered from.</param>
/// <param name="RunId">The run that made it; empty for none.</param>
/// <param name="ModelId">The logged model it was registered from; null before MLflow 3.</param>
public sealed record ModelVersion(string Name, string Version, string? Source, string? RunId, string? ModelId);

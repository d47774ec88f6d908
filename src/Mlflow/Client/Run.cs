namespace HiEndMae.Mlflow;

/// <summary>A run, as a server returns it.</summary>
/// <param name="Info">Id, name, status, times.</param>
/// <param name="Data">Last metrics, parameters, tags.</param>
/// <param name="Inputs">Datasets; null for none.</param>
public sealed record Run(RunInfo Info, RunData? Data, RunInputs? Inputs);

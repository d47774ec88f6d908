namespace HiEndMae.Mlflow;

/// <summary>A logged model of MLflow 3, as a server returns it.</summary>
/// <param name="Info">Id, name, source run and location of its files.</param>
public sealed record LoggedModel(LoggedModelInfo Info);

namespace HiEndMae.Mlflow;

/// <summary>A logged model of MLflow 3 as a server gives it.</summary>
/// <param name="Info">Id, name, source run, where its files lie.</param>
public sealed record LoggedModel(LoggedModelInfo Info);

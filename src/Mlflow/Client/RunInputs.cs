namespace HiEndMae.Mlflow;

/// <summary>The inputs of a run.</summary>
/// <param name="DatasetInputs">Datasets; null for none.</param>
public sealed record RunInputs(IReadOnlyList<DatasetInput>? DatasetInputs);

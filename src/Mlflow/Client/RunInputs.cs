namespace HiEndMae.Mlflow;

/// <summary>What a run read.</summary>
/// <param name="DatasetInputs">Datasets; null for none.</param>
public sealed record RunInputs(IReadOnlyList<DatasetInput>? DatasetInputs);

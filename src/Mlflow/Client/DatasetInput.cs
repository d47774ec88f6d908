namespace HiEndMae.Mlflow;

/// <summary>A dataset that a run read, and what for.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Tags">Such as <c>mlflow.data.context</c> = training.</param>
public sealed record DatasetInput(DatasetDescription Dataset, IReadOnlyList<Entry>? Tags = null);

namespace HiEndMae.Mlflow;

/// <summary>A dataset that a run read, with its purpose.</summary>
/// <param name="Dataset">The dataset.</param>
/// <param name="Tags">Tags that say the purpose, such as <c>mlflow.data.context</c> = training.</param>
public sealed record DatasetInput(DatasetDescription Dataset, IReadOnlyList<Entry>? Tags = null);

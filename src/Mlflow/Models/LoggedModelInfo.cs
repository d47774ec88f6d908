namespace HiEndMae.Mlflow;

/// <summary>Properties of a logged model.</summary>
/// <param name="ModelId">Its id, such as m-e8056be8ee9f4e41ac382fa8aac8fdce.</param>
/// <param name="ExperimentId">Its experiment.</param>
/// <param name="Name">Its name. Several models may have the same name.</param>
/// <param name="ArtifactUri">Location of its files.</param>
/// <param name="Status">LOGGED_MODEL_PENDING, _READY or _UPLOAD_FAILED.</param>
/// <param name="SourceRunId">The run that created it.</param>
public sealed record LoggedModelInfo(string ModelId, string ExperimentId, string? Name, string? ArtifactUri, string? Status, string? SourceRunId);

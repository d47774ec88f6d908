namespace HiEndMae.Mlflow;

/// <summary>An experiment, as a server returns it.</summary>
/// <param name="ExperimentId">Its id.</param>
/// <param name="Name">Its name.</param>
/// <param name="ArtifactLocation">Location of the artifacts of its runs.</param>
/// <param name="LifecycleStage">active or deleted.</param>
/// <param name="CreationTime">Milliseconds since 1970.</param>
/// <param name="LastUpdateTime">Milliseconds since 1970.</param>
/// <param name="Tags">Its tags; null for none.</param>
public sealed record Experiment(
    string ExperimentId, string Name, string? ArtifactLocation, string? LifecycleStage, long CreationTime, long LastUpdateTime, IReadOnlyList<Entry>? Tags);

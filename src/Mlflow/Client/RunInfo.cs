namespace HiEndMae.Mlflow;

/// <summary>Properties of a run other than its values.</summary>
/// <param name="RunId">Its id.</param>
/// <param name="ExperimentId">Its experiment.</param>
/// <param name="RunName">Its name.</param>
/// <param name="UserId">The user who started it.</param>
/// <param name="Status">RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.</param>
/// <param name="StartTime">Milliseconds since 1970.</param>
/// <param name="EndTime">Milliseconds since 1970; null while it runs.</param>
/// <param name="ArtifactUri">Location of its artifacts.</param>
/// <param name="LifecycleStage">active or deleted.</param>
public sealed record RunInfo(
    string RunId, string ExperimentId, string? RunName, string? UserId, string? Status, long StartTime, long? EndTime, string? ArtifactUri, string? LifecycleStage);

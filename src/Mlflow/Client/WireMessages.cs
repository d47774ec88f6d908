namespace HiEndMae.Mlflow;

// Bodies of requests and responses, with the API's names. Each is used by one method of MlflowClient.

internal sealed record CreateExperimentRequest(string Name, string? ArtifactLocation, IReadOnlyList<Entry>? Tags);

internal sealed record ExperimentIdAnswer(string ExperimentId);

internal sealed record ExperimentAnswer(Experiment Experiment);

internal sealed record SearchRequest(IReadOnlyList<string>? ExperimentIds, string? Filter, string? RunViewType, string? ViewType, int MaxResults, IReadOnlyList<string>? OrderBy, string? PageToken);

internal sealed record SearchExperimentsAnswer(IReadOnlyList<Experiment>? Experiments, string? NextPageToken);

internal sealed record ExperimentTagRequest(string ExperimentId, string Key, string Value);

internal sealed record CreateRunRequest(string ExperimentId, string? UserId, string? RunName, long StartTime, IReadOnlyList<Entry>? Tags);

internal sealed record RunAnswer(Run Run);

internal sealed record RunIdRequest(string RunId);

internal sealed record UpdateRunRequest(string RunId, string? Status, long? EndTime, string? RunName);

internal sealed record UpdateRunAnswer(RunInfo RunInfo);

internal sealed record SearchRunsAnswer(IReadOnlyList<Run>? Runs, string? NextPageToken);

internal sealed record LogBatchRequest(string RunId, IReadOnlyList<MetricValue>? Metrics, IReadOnlyList<Entry>? Params, IReadOnlyList<Entry>? Tags);

internal sealed record DeleteTagRequest(string RunId, string Key);

internal sealed record LogInputsRequest(string RunId, IReadOnlyList<DatasetInput> Datasets);

internal sealed record HistoryAnswer(IReadOnlyList<MetricValue>? Metrics, string? NextPageToken);

internal sealed record ArtifactsAnswer(string? RootUri, IReadOnlyList<ArtifactEntry>? Files, string? NextPageToken);

internal sealed record ErrorAnswer(string? ErrorCode, string? Message);

internal sealed record EmptyAnswer;

internal sealed record CreateLoggedModelRequest(string ExperimentId, string Name, string? SourceRunId, IReadOnlyList<Entry>? Params, IReadOnlyList<Entry>? Tags);

internal sealed record FinalizeLoggedModelRequest(string ModelId, string Status);

internal sealed record LoggedModelAnswer(LoggedModel Model);

internal sealed record SearchLoggedModelsRequest(IReadOnlyList<string> ExperimentIds, string? Filter, int MaxResults, string? PageToken);

internal sealed record SearchLoggedModelsAnswer(IReadOnlyList<LoggedModel>? Models, string? NextPageToken);

internal sealed record ModelOutput(string ModelId, long Step);

internal sealed record LogOutputsRequest(string RunId, IReadOnlyList<ModelOutput> Models);

internal sealed record RunOutputsAnswer(RunWithOutputs Run);

internal sealed record RunWithOutputs(RunOutputs? Outputs);

internal sealed record RunOutputs(IReadOnlyList<ModelOutput>? ModelOutputs);

internal sealed record LogModelRequest(string RunId, string ModelJson);

internal sealed record RegisteredModelRequest(string Name);

internal sealed record CreateModelVersionRequest(string Name, string Source, string RunId, string? ModelId);

internal sealed record ModelVersionAnswer(ModelVersion ModelVersion);

internal sealed record SearchModelVersionsAnswer(IReadOnlyList<ModelVersion>? ModelVersions, string? NextPageToken);

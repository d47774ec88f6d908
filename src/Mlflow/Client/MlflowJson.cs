using System.Text.Json.Serialization;

namespace HiEndMae.Mlflow;

/// <summary>How messages are written: snake_case, no nulls, NaN and infinities as strings, numbers that came as strings read.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals | JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(CreateExperimentRequest))]
[JsonSerializable(typeof(ExperimentIdAnswer))]
[JsonSerializable(typeof(ExperimentAnswer))]
[JsonSerializable(typeof(SearchRequest))]
[JsonSerializable(typeof(SearchExperimentsAnswer))]
[JsonSerializable(typeof(ExperimentTagRequest))]
[JsonSerializable(typeof(CreateRunRequest))]
[JsonSerializable(typeof(RunAnswer))]
[JsonSerializable(typeof(RunIdRequest))]
[JsonSerializable(typeof(UpdateRunRequest))]
[JsonSerializable(typeof(UpdateRunAnswer))]
[JsonSerializable(typeof(SearchRunsAnswer))]
[JsonSerializable(typeof(LogBatchRequest))]
[JsonSerializable(typeof(DeleteTagRequest))]
[JsonSerializable(typeof(LogInputsRequest))]
[JsonSerializable(typeof(HistoryAnswer))]
[JsonSerializable(typeof(ArtifactsAnswer))]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(EmptyAnswer))]
[JsonSerializable(typeof(SpoolRecord))]
[JsonSerializable(typeof(CursorState))]
internal sealed partial class MlflowJson : JsonSerializerContext;

namespace HiEndMae.Mlflow;

/// <summary>The calls of a server for models: logged models of MLflow 3, model records of MLflow 2, and the registry.</summary>
public sealed class MlflowModels
{
    private const string Api = "api/2.0/mlflow/";
    private readonly MlflowTransport transport;
    private int? majorVersion;

    internal MlflowModels(MlflowTransport transport) => this.transport = transport;

    /// <summary>Whether the server has logged models (MLflow 3 and later).</summary>
    public bool HasLoggedModels => (majorVersion ??= ReadMajorVersion()) >= 3;

    /// <summary>Creates a logged model with status PENDING.</summary>
    /// <param name="experimentId">Its experiment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="sourceRunId">The run that created it.</param>
    /// <param name="parameters">Parameters that its web page shows.</param>
    public LoggedModel CreateLogged(string experimentId, string name, string sourceRunId, IReadOnlyList<Entry>? parameters = null) => transport.Post(
        $"{Api}logged-models", new CreateLoggedModelRequest(experimentId, name, sourceRunId, parameters, null), MlflowJson.Default.CreateLoggedModelRequest, MlflowJson.Default.LoggedModelAnswer,
        isRepeatable: false).Model;

    /// <summary>Marks a logged model as ready, after its files have been uploaded.</summary>
    public LoggedModel MarkReady(string modelId) => transport.Patch(
        $"{Api}logged-models/{Uri.EscapeDataString(modelId)}", new FinalizeLoggedModelRequest(modelId, "LOGGED_MODEL_READY"), MlflowJson.Default.FinalizeLoggedModelRequest,
        MlflowJson.Default.LoggedModelAnswer).Model;

    /// <summary>Returns a logged model.</summary>
    /// <exception cref="TrackingException">It does not exist (<see cref="TrackingFailure.Missing"/>).</exception>
    public LoggedModel GetLogged(string modelId) => transport.Get($"{Api}logged-models/{Uri.EscapeDataString(modelId)}", MlflowJson.Default.LoggedModelAnswer).Model;

    /// <summary>Returns the newest logged model with this name that a run created; null for none.</summary>
    public LoggedModel? FindLogged(string experimentId, string name, string sourceRunId)
    {
        string? token = null;
        do
        {
            SearchLoggedModelsAnswer page = transport.Post(
                $"{Api}logged-models/search", new SearchLoggedModelsRequest([experimentId], $"name = '{name}'", 100, token), MlflowJson.Default.SearchLoggedModelsRequest,
                MlflowJson.Default.SearchLoggedModelsAnswer);
            if (page.Models?.FirstOrDefault(model => model.Info.SourceRunId == sourceRunId && model.Info.Name == name) is { } found) return found;
            token = page.NextPageToken is { Length: > 0 } next && next != token ? next : null;
        }
        while (token is not null);
        return null;
    }

    /// <summary>Records that a run created a logged model. Recording it again changes nothing.</summary>
    public void LogOutput(string runId, string modelId, long step)
    {
        try
        {
            transport.Post(
                $"{Api}runs/outputs", new LogOutputsRequest(runId, [new ModelOutput(modelId, step)]), MlflowJson.Default.LogOutputsRequest, MlflowJson.Default.EmptyAnswer);
        }
        catch (TrackingException refusal) when (refusal.StatusCode is not null)
        {
            // Servers refuse an output that they have from an earlier attempt.
            if (!HasOutput(runId, modelId)) throw;
        }
    }

    /// <summary>Records a model among a run's artifacts, which is where MLflow 2 stores models.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="modelJson">The MLmodel file as JSON.</param>
    public void Record(string runId, string modelJson) => transport.Post(
        $"{Api}runs/log-model", new LogModelRequest(runId, modelJson), MlflowJson.Default.LogModelRequest, MlflowJson.Default.EmptyAnswer, isRepeatable: false);

    /// <summary>Creates a version of a registered model, and the registered model itself if needed. Returns the existing version if there is one with the same run and source.</summary>
    /// <param name="name">Name of the registered model.</param>
    /// <param name="source">Location of the model's files.</param>
    /// <param name="runId">The run that created the model.</param>
    /// <param name="modelId">The logged model; null before MLflow 3.</param>
    public ModelVersion Register(string name, string source, string runId, string? modelId = null)
    {
        try
        {
            transport.Post($"{Api}registered-models/create", new RegisteredModelRequest(name), MlflowJson.Default.RegisteredModelRequest, MlflowJson.Default.EmptyAnswer);
        }
        catch (TrackingException error) when (error.ErrorCode == "RESOURCE_ALREADY_EXISTS")
        {
            // It existed already, or the response to an earlier request was lost.
        }
        return FindVersion(name, source, runId) ?? transport.Post(
            $"{Api}model-versions/create", new CreateModelVersionRequest(name, source, runId, modelId), MlflowJson.Default.CreateModelVersionRequest, MlflowJson.Default.ModelVersionAnswer,
            isRepeatable: false).ModelVersion;
    }

    /// <summary>A version of a registered model.</summary>
    /// <exception cref="TrackingException">It does not exist (<see cref="TrackingFailure.Missing"/>).</exception>
    public ModelVersion GetVersion(string name, string version) => transport.Get(
        $"{Api}model-versions/get?name={Uri.EscapeDataString(name)}&version={Uri.EscapeDataString(version)}", MlflowJson.Default.ModelVersionAnswer).ModelVersion;

    /// <summary>Returns the version that an alias names.</summary>
    /// <exception cref="TrackingException">It does not exist (<see cref="TrackingFailure.Missing"/>, or INVALID_PARAMETER_VALUE).</exception>
    public ModelVersion GetVersionByAlias(string name, string alias) => transport.Get(
        $"{Api}registered-models/alias?name={Uri.EscapeDataString(name)}&alias={Uri.EscapeDataString(alias)}", MlflowJson.Default.ModelVersionAnswer).ModelVersion;

    private ModelVersion? FindVersion(string name, string source, string runId)
    {
        string filter = Uri.EscapeDataString($"run_id = '{runId}'");
        SearchModelVersionsAnswer answer = transport.Get($"{Api}model-versions/search?filter={filter}&max_results=1000", MlflowJson.Default.SearchModelVersionsAnswer);
        return answer.ModelVersions?.FirstOrDefault(version => version.Name == name && version.Source == source);
    }

    private bool HasOutput(string runId, string modelId) =>
        transport.Get($"{Api}runs/get?run_id={Uri.EscapeDataString(runId)}", MlflowJson.Default.RunOutputsAnswer).Run.Outputs?.ModelOutputs?.Any(output => output.ModelId == modelId) == true;

    // A proxy may hide the server's version. Then only calls of MLflow 2 are used, which later versions support too.
    private int ReadMajorVersion()
    {
        try
        {
            string text = System.Text.Encoding.UTF8.GetString(transport.GetBytes("version")).Trim();
            return int.TryParse(text.Split('.')[0], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int major) ? major : 2;
        }
        catch (TrackingException error) when (error.StatusCode is 404 or 405)
        {
            return 2;
        }
    }
}

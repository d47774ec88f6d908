using System.Text.Json.Nodes;

namespace HiEndMae.Mlflow;

/// <summary>Logs models to a server and fetches files of runs and models from it.</summary>
/// <param name="client">The server.</param>
internal sealed class RestModels(MlflowClient client)
{
    /// <summary>Logs a model. Logging it again changes nothing.</summary>
    public void Log(Run run, ModelPackage model)
    {
        string runId = run.Info.RunId;
        (string source, string? modelId) = client.Models.HasLoggedModels ? LogAsModel(run, model) : (LogAsArtifact(run, model), null);
        if (model.RegisterAs is not { } name) return;
        ModelVersion version = client.Models.Register(name, source, runId, modelId);
        client.LogBatch(runId, [], [], [new Entry(RunTags.RegisteredModel, $"{name}/{version.Version}")]);
    }

    /// <summary>Downloads the file or folder at an address.</summary>
    /// <returns>The number of copied files.</returns>
    public int Fetch(ArtifactUri uri, string target)
    {
        if (uri.RunId is { } runId) return FetchOfRun(runId, uri.Path, target);
        if (uri.ModelId is { } modelId) return client.DownloadArtifacts(client.Models.GetLogged(modelId).Info.ArtifactUri ?? "", uri.Path, target);
        ModelVersion version = VersionOf(uri);
        string source = version.ModelId is { Length: > 0 } logged ? $"models:/{logged}" : version.Source ?? "";
        if (!ArtifactUri.IsOne(source)) return client.DownloadArtifacts(source, uri.Path, target);
        ArtifactUri origin = ArtifactUri.Parse(source);
        return Fetch(origin with { Path = string.Join('/', new[] { origin.Path, uri.Path }.Where(static part => part.Length > 0)) }, target);
    }

    /// <summary>Returns the version that an address of a registered model names now.</summary>
    public ModelVersion VersionOf(ArtifactUri uri) =>
        uri.Alias is { } alias ? client.Models.GetVersionByAlias(uri.ModelName!, alias) : client.Models.GetVersion(uri.ModelName!, uri.Version!);

    // The run's own artifacts are searched first. MLflow 3 stores models separately, under the model's name.
    private int FetchOfRun(string runId, string path, string target)
    {
        Run run = client.GetRun(runId) ?? throw new TrackingException(TrackingFailure.Missing, $"There is no run {runId} on the tracking server.");
        int count = client.DownloadArtifacts(run.Info.ArtifactUri ?? "", path, target);
        if (count > 0 || !client.Models.HasLoggedModels) return count;
        string[] parts = path.Split('/', 2);
        return client.Models.FindLogged(run.Info.ExperimentId, parts[0], runId) is { } model
            ? client.DownloadArtifacts(model.Info.ArtifactUri ?? "", parts.Length > 1 ? parts[1] : "", target)
            : 0;
    }

    private (string Source, string ModelId) LogAsModel(Run run, ModelPackage model)
    {
        LoggedModel logged = client.Models.FindLogged(run.Info.ExperimentId, model.Name, run.Info.RunId)
            ?? client.Models.CreateLogged(run.Info.ExperimentId, model.Name, run.Info.RunId, run.Data?.Params);
        string id = logged.Info.ModelId, root = logged.Info.ArtifactUri ?? "";
        if (logged.Info.Status != "LOGGED_MODEL_READY")
        {
            Upload(model, root, "", model.Describe(("artifact_path", root), ("model_id", id), ("model_uuid", id), ("run_id", run.Info.RunId)));
            client.Models.MarkReady(id);
        }
        client.Models.LogOutput(run.Info.RunId, id, model.Step);
        return ($"models:/{id}", id);
    }

    private string LogAsArtifact(Run run, ModelPackage model)
    {
        // The id is the same each time, so that a repetition is recognised.
        JsonObject description = model.Describe(("artifact_path", model.Name), ("model_uuid", run.Info.RunId), ("run_id", run.Info.RunId));
        Upload(model, run.Info.ArtifactUri ?? "", model.Name, description);
        string known = run.Data?.Tags?.FirstOrDefault(static tag => tag.Key == RunTags.ModelHistory)?.Value ?? "";
        if (!known.Contains($"\"artifact_path\": \"{model.Name}\"", StringComparison.Ordinal) && !known.Contains($"\"artifact_path\":\"{model.Name}\"", StringComparison.Ordinal))
            client.Models.Record(run.Info.RunId, description.ToJsonString());
        return $"{run.Info.ArtifactUri?.TrimEnd('/')}/{model.Name}";
    }

    private void Upload(ModelPackage model, string root, string below, JsonObject description)
    {
        foreach (ModelFile file in model.Files) client.UploadArtifact(root, file.Path, Join(below, file.Folder));
        DirectoryInfo scratch = Directory.CreateTempSubdirectory("hiendmae-model-");
        try
        {
            // This file is written last, because it marks the folder as a complete model.
            string file = Path.Combine(scratch.FullName, ModelPackage.DescriptionFile);
            File.WriteAllText(file, YamlText.Write(description));
            client.UploadArtifact(root, file, below);
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    private static string Join(string first, string second) => first.Length == 0 ? second : second.Length == 0 ? first : $"{first}/{second}";
}

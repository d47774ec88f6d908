using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HiEndMae.Mlflow.Tests;

/// <summary>The part of the stand-in server that keeps logged models (MLflow 3) and the registry, as the transcripts record them.</summary>
internal sealed partial class StandInModels(bool hasLoggedModels)
{
    private readonly List<(string Run, string Model, long Step)> outputs = [];
    private int nextId = 1;

    public Dictionary<string, JsonObject> Logged { get; } = [];

    public Dictionary<string, List<JsonObject>> Registered { get; } = [];

    public Dictionary<(string Name, string Alias), string> Aliases { get; } = [];

    /// <summary>The answer to a call that concerns models; null for every other call.</summary>
    /// <param name="call">Such as "POST logged-models".</param>
    /// <param name="request">Body or query.</param>
    /// <param name="hasRun">Whether there is a run of an id.</param>
    public string? Handle(string call, JsonNode request, Func<string, bool> hasRun)
    {
        if (hasLoggedModels)
        {
            if (call == "POST logged-models") return Create(request);
            if (call == "POST logged-models/search") return Search(request);
            if (LoggedPath().Match(call) is { Success: true } match) return One(match.Groups["verb"].Value, match.Groups["id"].Value, request);
            if (call == "POST runs/outputs") return hasRun(Text(request, "run_id")) ? LogOutputs(request) : throw Missing($"Run with id={Text(request, "run_id")} not found");
        }
        return call switch
        {
            "POST registered-models/create" => CreateRegistered(Text(request, "name")),
            "POST registered-models/alias" => SetAlias(request),
            "GET registered-models/alias" => Aliases.TryGetValue((Text(request, "name"), Text(request, "alias")), out string? version)
                ? Json(new JsonObject { ["model_version"] = Version(Text(request, "name"), version).DeepClone() })
                : throw new ServerError(400, "INVALID_PARAMETER_VALUE", $"Registered model alias {Text(request, "alias")} not found."),
            "POST model-versions/create" => CreateVersion(request),
            "GET model-versions/get" => Json(new JsonObject { ["model_version"] = Version(Text(request, "name"), Text(request, "version")).DeepClone() }),
            "GET model-versions/search" => SearchVersions((string?)request["filter"] ?? ""),
            _ => null,
        };
    }

    /// <summary>The models that a run created, in the form of "runs/get".</summary>
    public JsonObject OutputsOf(string runId) => new()
    {
        ["model_outputs"] = new JsonArray([.. outputs.Where(output => output.Run == runId).Select(output => (JsonNode)new JsonObject { ["model_id"] = output.Model, ["step"] = output.Step })]),
    };

    // An output that is already there is refused, as 3.11 does.
    private string LogOutputs(JsonNode request)
    {
        foreach (JsonNode? model in request["models"]!.AsArray())
        {
            (string run, string id) = (Text(request, "run_id"), Text(model!, "model_id"));
            if (outputs.Any(output => output.Run == run && output.Model == id))
                throw new ServerError(400, "BAD_REQUEST", "(sqlite3.IntegrityError) UNIQUE constraint failed: inputs.source_type, inputs.source_id, inputs.destination_type, inputs.destination_id");
            outputs.Add((run, id, (long)model!["step"]!));
        }
        return "{}";
    }

    private string Create(JsonNode request)
    {
        string id = $"m-{nextId++:x32}", experiment = Text(request, "experiment_id");
        var info = new JsonObject
        {
            ["model_id"] = id,
            ["experiment_id"] = experiment,
            ["name"] = Text(request, "name"),
            ["creation_timestamp_ms"] = 1795484792940,
            ["last_updated_timestamp_ms"] = 1795484792940,
            ["artifact_uri"] = $"mlflow-artifacts:/{experiment}/models/{id}/artifacts",
            ["status"] = "LOGGED_MODEL_PENDING",
            ["source_run_id"] = request["source_run_id"]?.DeepClone(),
        };
        Logged[id] = info;
        return Json(new JsonObject { ["model"] = new JsonObject { ["info"] = info.DeepClone(), ["data"] = new JsonObject { ["params"] = request["params"]?.DeepClone() } } });
    }

    private string One(string verb, string id, JsonNode request)
    {
        if (!Logged.TryGetValue(id, out JsonObject? info)) throw Missing($"Logged model with ID '{id}' not found.");
        if (verb == "PATCH") info["status"] = Text(request, "status");
        return Json(new JsonObject { ["model"] = new JsonObject { ["info"] = info.DeepClone() } });
    }

    private string Search(JsonNode request)
    {
        string name = NameFilter().Match((string?)request["filter"] ?? "").Groups["value"].Value;
        HashSet<string> experiments = [.. request["experiment_ids"]!.AsArray().Select(id => (string)id!)];
        JsonNode[] found = [.. Logged.Values.Where(info => (string?)info["name"] == name && experiments.Contains((string)info["experiment_id"]!)).Select(info => (JsonNode)new JsonObject { ["info"] = info.DeepClone() })];
        return found.Length == 0 ? "{}" : Json(new JsonObject { ["models"] = new JsonArray(found) });
    }

    private string CreateRegistered(string name)
    {
        if (!Registered.TryAdd(name, [])) throw new ServerError(400, "RESOURCE_ALREADY_EXISTS", $"Registered Model (name={name}) already exists. Error: (sqlite3.IntegrityError) UNIQUE constraint failed: registered_models.name");
        return Json(new JsonObject { ["registered_model"] = new JsonObject { ["name"] = name } });
    }

    private string CreateVersion(JsonNode request)
    {
        string name = Text(request, "name");
        if (!Registered.TryGetValue(name, out List<JsonObject>? versions)) throw Missing($"Registered Model with name={name} not found");
        var version = new JsonObject
        {
            ["name"] = name,
            ["version"] = (versions.Count + 1).ToString(CultureInfo.InvariantCulture),
            ["current_stage"] = "None",
            ["source"] = Text(request, "source"),
            ["run_id"] = Text(request, "run_id"),
            ["status"] = "READY",
        };
        if (request["model_id"] is { } model) version["model_id"] = model.DeepClone();
        versions.Add(version);
        return Json(new JsonObject { ["model_version"] = version.DeepClone() });
    }

    private string SetAlias(JsonNode request)
    {
        Aliases[(Text(request, "name"), Text(request, "alias"))] = Text(request, "version");
        return "{}";
    }

    private JsonObject Version(string name, string version) => Registered.GetValueOrDefault(name)?.Find(one => (string?)one["version"] == version)
        ?? throw Missing($"Model Version (name={name}, version={version}) not found");

    private string SearchVersions(string filter)
    {
        string run = RunFilter().Match(filter).Groups["value"].Value;
        JsonNode[] found = [.. Registered.Values.SelectMany(versions => versions).Where(version => (string?)version["run_id"] == run).Select(version => version.DeepClone())];
        return found.Length == 0 ? "{}" : Json(new JsonObject { ["model_versions"] = new JsonArray(found) });
    }

    private static string Text(JsonNode request, string name) => (string?)request[name]
        ?? throw new ServerError(400, "INVALID_PARAMETER_VALUE", $"Missing value for required parameter '{name}'. See the API docs for more information about request parameters.");

    private static string Json(JsonNode node) => node.ToJsonString();

    private static ServerError Missing(string message) => new(404, "RESOURCE_DOES_NOT_EXIST", message);

    [GeneratedRegex("^(?<verb>GET|PATCH) logged-models/(?<id>m-[^/]+)$")]
    private static partial Regex LoggedPath();

    [GeneratedRegex("^name = '(?<value>[^']*)'$")]
    private static partial Regex NameFilter();

    [GeneratedRegex("^run_id = '(?<value>[^']*)'$")]
    private static partial Regex RunFilter();
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace HiEndMae.Mlflow.Tests;

/// <summary>What a tracking server keeps, and its rules and answers as the transcripts record them. Knows nothing of the client.</summary>
/// <param name="version">The version it answers as.</param>
internal sealed partial class StandInMlflow(ServerVersion version = ServerVersion.V2_17) : IBackend
{
    private readonly bool isVersion3 = version >= ServerVersion.V3_6;
    private int nextId = 1;

    public Dictionary<string, string> Experiments { get; } = new() { ["0"] = "Default" };

    public Dictionary<string, ServerRun> Runs { get; } = [];

    public Dictionary<string, byte[]> Artifacts { get; } = [];

    public StandInModels Models { get; } = new(version >= ServerVersion.V3_6);

    public Dictionary<(string Experiment, string Key), string> ExperimentTags { get; } = [];

    /// <summary>Metrics that this server does not take.</summary>
    public HashSet<string> RefusedKeys { get; } = [];

    /// <summary>Artifact root of new runs; ID stands for the run.</summary>
    public string ArtifactRoot { get; set; } = "mlflow-artifacts:/EXP/ID/artifacts";

    public IReadOnlyList<ServerRun> ActiveRuns() => [.. Runs.Values.Where(run => !run.IsDeleted)];

    public IReadOnlyDictionary<string, string> ArtifactsOf(ServerRun run)
    {
        string root = $"{run.Experiment}/{run.Id}/artifacts/";
        return Artifacts.Where(file => file.Key.StartsWith(root, StringComparison.Ordinal)).ToDictionary(file => file.Key[root.Length..], file => Encoding.UTF8.GetString(file.Value));
    }

    public (int Status, string Body) Handle(string method, string path, string query, byte[] body, bool isChunked, string? contentType)
    {
        try
        {
            const string Proxy = "/api/2.0/mlflow-artifacts/artifacts/";
            if (path == "/version") return (200, version switch { ServerVersion.V2_17 => "2.17.2", ServerVersion.V3_6 => "3.6.0", _ => "3.11.0" });
            if (path.StartsWith(Proxy, StringComparison.Ordinal)) return Artifact(method, path[Proxy.Length..], body);
            if (path == Proxy.TrimEnd('/')) return (200, ListProxied(Uri.UnescapeDataString(query["path=".Length..])));
            if (!path.StartsWith("/api/2.0/mlflow/", StringComparison.Ordinal)) return (404, "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>");
            string call = path["/api/2.0/mlflow/".Length..];
            JsonNode request = new JsonObject();
            if (method is "POST" or "PATCH")
            {
                if (contentType is null || !contentType.StartsWith("application/json", StringComparison.Ordinal)) throw Invalid("Bad Request. Content-Type must be one of ['application/json'].");
                try
                {
                    // A chunked JSON body is read as empty.
                    request = JsonNode.Parse(isChunked ? "{}"u8 : body)!;
                }
                catch (System.Text.Json.JsonException)
                {
                    return (500, "<!doctype html>\n<html lang=en>\n<title>500 Internal Server Error</title>");
                }
            }
            else
            {
                foreach (string pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries)) request[pair.Split('=')[0]] = Uri.UnescapeDataString(pair.Split('=', 2)[1]);
            }
            if (Models.Handle($"{method} {call}", request, Runs.ContainsKey) is { } ofModels) return (200, ofModels);
            return (200, $"{method} {call}" switch
            {
                "GET experiments/get-by-name" => Json(new JsonObject { ["experiment"] = ExperimentByName(Text(request, "experiment_name")) }),
                "GET experiments/get" => Json(new JsonObject { ["experiment"] = ExperimentJson(Text(request, "experiment_id")) }),
                "POST experiments/create" => CreateExperiment(Text(request, "name")),
                "POST experiments/search" => Json(new JsonObject { ["experiments"] = new JsonArray([.. Experiments.Keys.Select(id => (JsonNode)ExperimentJson(id))]) }),
                "POST experiments/set-experiment-tag" => SetExperimentTag(request),
                "POST runs/log-model" => RecordModel(request),
                "POST runs/create" => CreateRun(request),
                "GET runs/get" => Json(new JsonObject { ["run"] = RunJson(Find(Text(request, "run_id"))) }),
                "POST runs/update" => Update(request),
                "POST runs/delete" => Change(Find(Text(request, "run_id")), run => run.IsDeleted = true),
                "POST runs/restore" => Change(Find(Text(request, "run_id")), run => run.IsDeleted = false),
                "POST runs/search" => Search(request),
                "POST runs/log-batch" => LogBatch(request),
                "POST runs/delete-tag" => DeleteTag(request),
                "POST runs/log-inputs" => LogInputs(request),
                "GET metrics/get-history" => History(request),
                "GET artifacts/list" => List(request),
                _ => throw new ServerError(404, "ENDPOINT_NOT_FOUND", call),
            });
        }
        catch (ServerError error)
        {
            var answer = new JsonObject { ["error_code"] = error.Code, ["message"] = error.Message };
            if (isVersion3) answer["sqlstate"] = "KAM00";
            return (error.Status, Json(answer));
        }
    }

    private string SetExperimentTag(JsonNode request)
    {
        ExperimentTags[(Text(request, "experiment_id"), Text(request, "key"))] = Text(request, "value");
        return "{}";
    }

    private string RecordModel(JsonNode request)
    {
        ServerRun run = Find(Text(request, "run_id"));
        JsonArray history = run.Tags.TryGetValue("mlflow.log-model.history", out string? known) ? (JsonArray)JsonNode.Parse(known)! : [];
        JsonNode model = JsonNode.Parse(Text(request, "model_json"))!;
        foreach (string key in (string[])["artifact_path", "flavors", "utc_time_created", "run_id"])
        {
            if (model[key] is null) throw Invalid($"Model json is missing mandatory fields: {{'{key}'}}");
        }
        history.Add(model);
        run.Tags["mlflow.log-model.history"] = history.ToJsonString();
        return "{}";
    }

    // As the artifact proxy lists: names alone, nothing for a file or a path that is not there.
    private string ListProxied(string folder)
    {
        string prefix = folder.TrimEnd('/') + "/";
        var files = new JsonArray();
        foreach (IGrouping<string, KeyValuePair<string, byte[]>> entry in Artifacts.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal))
            .GroupBy(file => file.Key[prefix.Length..].Split('/')[0]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            bool isFolder = entry.First().Key.Length > (prefix + entry.Key).Length;
            var one = new JsonObject { ["path"] = entry.Key, ["is_dir"] = isFolder };
            if (!isFolder) one["file_size"] = entry.First().Value.Length;
            files.Add(one);
        }
        return files.Count == 0 ? "{}" : Json(new JsonObject { ["files"] = files });
    }

    private string LogBatch(JsonNode request)
    {
        ServerRun run = Find(Text(request, "run_id"));
        RequireActive(run);
        JsonArray metrics = Array(request, "metrics"), parameters = Array(request, "params"), tags = Array(request, "tags");
        Limit("metrics", metrics.Count, 1000);
        Limit("params", parameters.Count, 100);
        Limit("tags", tags.Count, 100);
        Limit("metrics, params, and tags", metrics.Count + parameters.Count + tags.Count, 1000);
        var points = new List<StoredPoint>();
        foreach ((int i, JsonNode? metric) in metrics.Index())
        {
            CheckKey(Text(metric!, "key"), $"metrics[{i}].key");
            if (RefusedKeys.Contains(Text(metric!, "key"))) throw Invalid($"Invalid value \"{Text(metric!, "key")}\" for parameter 'metrics[{i}].key' supplied: refused by this server.");
            if (metric!["value"] is null) throw Invalid($"Missing value for required parameter 'metrics[{i}].value'. See the API docs for more information about request parameters.");
            if (metric["timestamp"] is null) throw Invalid($"Missing value for required parameter 'metrics[{i}].timestamp'. See the API docs for more information about request parameters.");
            double value = Number(metric["value"]!);
            points.Add(new StoredPoint(Text(metric, "key"), (long)Number(metric["timestamp"]!), metric["step"] is { } step ? (long)Number(step) : 0,
                double.IsNaN(value) ? 0 : Math.Clamp(value, double.MinValue, double.MaxValue), double.IsNaN(value)));
        }
        string[] twice = [.. parameters.GroupBy(one => Text(one!, "key")).Where(group => group.Count() > 1).Select(group => group.Key)];
        if (twice.Length > 0) throw Invalid($"Duplicate parameter keys have been submitted: ['{string.Join("', '", twice)}']. Please ensure the request contains only one param value per param key.");
        foreach (JsonNode? parameter in parameters)
        {
            string key = Text(parameter!, "key"), value = Cut(Text(parameter!, "value"), 6000);
            CheckKey(key, "params[0].key");
            if (run.Params.TryGetValue(key, out string? old) && old != value)
                throw Invalid($"Changing param values is not allowed. Params were already logged='[{{'key': '{key}', 'old_value': '{old}', 'new_value': '{value}'}}]' for run ID='{run.Id}'.");
        }
        foreach (JsonNode? tag in tags) CheckKey(Text(tag!, "key"), "tags[0].key");
        foreach (JsonNode? parameter in parameters) run.Params[Text(parameter!, "key")] = Cut(Text(parameter!, "value"), 6000);
        if (!MetricTable.Insert(run.Metrics, points, version))
        {
            StoredPoint first = points.First(run.Metrics.Contains);
            throw new ServerError(400, "BAD_REQUEST", $"""
                (raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this flush is occurring prematurely)
                (sqlite3.IntegrityError) UNIQUE constraint failed: metrics.key, metrics.timestamp, metrics.step, metrics.run_uuid, metrics.value, metrics.is_nan
                [SQL: INSERT INTO metrics ("key", value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, ?, ?)]
                [parameters: ('{first.Key}', {first.Value}, {first.Time}, {first.Step}, {(first.IsNan ? 1 : 0)}, '{run.Id}')]
                (Background on this error at: https://sqlalche.me/e/14/gkpj)
                """);
        }
        foreach (JsonNode? tag in tags) run.Tags[Text(tag!, "key")] = Cut(Text(tag!, "value"), 8000);
        return "{}";
    }

    private string CreateExperiment(string name)
    {
        if (Experiments.ContainsValue(name)) throw new ServerError(400, "RESOURCE_ALREADY_EXISTS", $"Experiment(name={name}) already exists. Error: (sqlite3.IntegrityError) UNIQUE constraint failed: experiments.name");
        string id = (nextId++).ToString(CultureInfo.InvariantCulture);
        Experiments[id] = name;
        return Json(new JsonObject { ["experiment_id"] = id });
    }

    private string CreateRun(JsonNode request)
    {
        string experiment = Text(request, "experiment_id");
        if (!Experiments.ContainsKey(experiment)) throw new ServerError(404, "RESOURCE_DOES_NOT_EXIST", $"No Experiment with id={experiment} exists");
        var run = new ServerRun
        {
            Id = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes($"run {nextId++}")))[..32],
            Experiment = experiment,
            Name = (string?)request["run_name"] ?? "unleashed-lynx-748",
            StartTime = request["start_time"] is { } start ? (long)Number(start) : 0,
        };
        foreach (JsonNode? tag in Array(request, "tags")) run.Tags[Text(tag!, "key")] = Text(tag!, "value");
        if (run.Tags.TryGetValue("mlflow.runName", out string? named) && named != run.Name)
            throw Invalid($"Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values (run_name='{run.Name}', mlflow.runName='{named}').");
        run.Tags["mlflow.runName"] = run.Name;
        Runs[run.Id] = run;
        return Json(new JsonObject { ["run"] = RunJson(run) });
    }

    private string Update(JsonNode request)
    {
        ServerRun run = Find(Text(request, "run_id"));
        RequireActive(run);
        // A word that is no status is passed over, with 200.
        if ((string?)request["status"] is "RUNNING" or "SCHEDULED" or "FINISHED" or "FAILED" or "KILLED") run.Status = (string)request["status"]!;
        if (request["end_time"] is { } end) run.EndTime = (long)Number(end);
        return Json(new JsonObject { ["run_info"] = InfoJson(run) });
    }

    private string Search(JsonNode request)
    {
        if (request["max_results"] is { } max && Number(max) > 50000) throw Invalid("Invalid value 50001 for parameter 'max_results' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.");
        string filter = (string?)request["filter"] ?? "";
        Match match = TagFilter().Match(filter);
        if (filter.Length > 0 && !match.Success) throw Invalid($"Invalid clause(s) in filter string: '{filter}'");
        HashSet<string> experiments = [.. Array(request, "experiment_ids").Select(id => (string)id!)];
        IEnumerable<ServerRun> found = Runs.Values.Where(run => !run.IsDeleted && experiments.Contains(run.Experiment)
            && (!match.Success || run.Tag(match.Groups["key"].Value) == match.Groups["value"].Value)).OrderBy(run => run.StartTime);
        ServerRun[] all = [.. found];
        return all.Length == 0 ? "{}" : Json(new JsonObject { ["runs"] = new JsonArray([.. all.Select(run => (JsonNode)RunJson(run))]) });
    }

    private string DeleteTag(JsonNode request) => Find(Text(request, "run_id")).Tags.Remove(Text(request, "key")) ? "{}"
        : throw new ServerError(404, "RESOURCE_DOES_NOT_EXIST", $"No tag with name: {Text(request, "key")} in run with id {Text(request, "run_id")}");

    private string LogInputs(JsonNode request)
    {
        ServerRun run = Find(Text(request, "run_id"));
        foreach (JsonNode? input in Array(request, "datasets"))
        {
            JsonNode dataset = input!["dataset"]!;
            if (Text(dataset, "digest").Length > 36) throw Invalid("'digest' exceeds the maximum length of 36 characters");
            run.Inputs[$"{Text(dataset, "name")} {Text(dataset, "digest")}"] = string.Join(',', Array(input, "tags").Select(tag => $"{Text(tag!, "key")}={Text(tag!, "value")}"));
        }
        return "{}";
    }

    private string History(JsonNode request)
    {
        string key = Text(request, "metric_key");
        var points = Find(Text(request, "run_id")).Metrics.Where(point => point.Key == key).OrderBy(point => point.Time).ThenBy(point => point.Step).ToList();
        // 2.17 gives everything whatever was asked; 3.11 gives pages, and an empty one without max_results.
        int size = isVersion3 ? request["max_results"] is { } max ? (int)Number(max) : 0 : int.MaxValue;
        int start = request["page_token"] is { } token ? int.Parse((string)token!, CultureInfo.InvariantCulture) : 0;
        var answer = new JsonObject();
        var page = points.Skip(start).Take(isVersion3 ? Math.Min(size, PageSize) : size).ToList();
        if (page.Count > 0) answer["metrics"] = new JsonArray([.. page.Select(point => (JsonNode)MetricJson(point))]);
        if (isVersion3 && start + page.Count < points.Count) answer["next_page_token"] = (start + page.Count).ToString(CultureInfo.InvariantCulture);
        return Json(answer);
    }

    /// <summary>Points in a page of version 3 at most, to have several.</summary>
    public int PageSize { get; set; } = int.MaxValue;

    private string List(JsonNode request)
    {
        ServerRun run = Find(Text(request, "run_id"));
        string prefix = $"{run.Experiment}/{run.Id}/artifacts/", folder = (string?)request["path"] is { Length: > 0 } path ? path + "/" : "";
        var files = new JsonArray();
        foreach (IGrouping<string, KeyValuePair<string, byte[]>> entry in Artifacts.Where(file => file.Key.StartsWith(prefix + folder, StringComparison.Ordinal))
            .GroupBy(file => file.Key[(prefix + folder).Length..].Split('/')[0]).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            bool isFolder = entry.First().Key.Length > (prefix + folder + entry.Key).Length;
            var json = new JsonObject { ["path"] = folder + entry.Key, ["is_dir"] = isFolder };
            if (!isFolder && entry.First().Value.Length > 0) json["file_size"] = entry.First().Value.Length;
            files.Add(json);
        }
        return Json(new JsonObject { ["root_uri"] = RootOf(run), ["files"] = files });
    }

    private (int Status, string Body) Artifact(string method, string path, byte[] body)
    {
        string name = Uri.UnescapeDataString(path);
        if (name.Contains('#', StringComparison.Ordinal) || name.Split('/').Contains("..")) throw Invalid("Invalid path");
        if (method == "PUT") Artifacts[name] = body;
        if (method == "GET") return Artifacts.TryGetValue(name, out byte[]? content) ? (200, Encoding.UTF8.GetString(content)) : throw new ServerError(404, "RESOURCE_DOES_NOT_EXIST", $"No such artifact: '{name}'");
        return (200, "{}");
    }

    private ServerRun Find(string id) => Runs.GetValueOrDefault(id) ?? throw new ServerError(404, "RESOURCE_DOES_NOT_EXIST", $"Run with id={id} not found");

    private static void RequireActive(ServerRun run)
    {
        if (run.IsDeleted) throw Invalid($"The run {run.Id} must be in the 'active' state. Current state is deleted.");
    }

    private JsonObject ExperimentByName(string name) => Experiments.FirstOrDefault(entry => entry.Value == name).Key is { } id ? ExperimentJson(id)
        : throw new ServerError(404, "RESOURCE_DOES_NOT_EXIST", $"Could not find experiment with name '{name}'");

    private JsonObject ExperimentJson(string id) => !Experiments.TryGetValue(id, out string? name) ? throw new ServerError(404, "RESOURCE_DOES_NOT_EXIST", $"No Experiment with id={id} exists") : new JsonObject
    {
        ["experiment_id"] = id,
        ["name"] = name,
        ["artifact_location"] = $"mlflow-artifacts:/{id}",
        ["lifecycle_stage"] = "active",
        ["last_update_time"] = 1795484772773,
        ["creation_time"] = 1795484772773,
    };

    private JsonObject RunJson(ServerRun run)
    {
        var data = new JsonObject();
        if (run.Metrics.Count > 0)
            data["metrics"] = new JsonArray([.. run.Metrics.GroupBy(point => point.Key).Select(group => (JsonNode)MetricJson(group.OrderBy(point => point.Step).ThenBy(point => point.Time).ThenBy(point => point.Value).Last()))]);
        if (run.Params.Count > 0) data["params"] = Pairs(run.Params);
        data["tags"] = Pairs(run.Tags);
        var json = new JsonObject { ["info"] = InfoJson(run), ["data"] = data, ["inputs"] = new JsonObject() };
        if (isVersion3) json["outputs"] = Models.OutputsOf(run.Id);
        return json;
    }

    private JsonObject InfoJson(ServerRun run)
    {
        var info = new JsonObject
        {
            ["run_uuid"] = run.Id,
            ["experiment_id"] = run.Experiment,
            ["run_name"] = run.Name,
            ["user_id"] = "",
            ["status"] = run.Status,
            ["start_time"] = run.StartTime,
            ["artifact_uri"] = RootOf(run),
            ["lifecycle_stage"] = run.IsDeleted ? "deleted" : "active",
            ["run_id"] = run.Id,
        };
        if (run.EndTime is { } end) info["end_time"] = end;
        return info;
    }

    private string RootOf(ServerRun run) => ArtifactRoot.Replace("EXP", run.Experiment, StringComparison.Ordinal).Replace("ID", run.Id, StringComparison.Ordinal);

    private static JsonObject MetricJson(StoredPoint point) => new()
    {
        ["key"] = point.Key,
        ["value"] = point.IsNan ? "NaN" : point.Value,
        ["timestamp"] = point.Time,
        ["step"] = point.Step,
    };

    private static JsonArray Pairs(Dictionary<string, string> entries) => new([.. entries.Select(entry =>
    {
        var pair = new JsonObject { ["key"] = entry.Key };
        if (entry.Value.Length > 0) pair["value"] = entry.Value; // an empty value is left out
        return (JsonNode)pair;
    })]);

    private static void CheckKey(string key, string name)
    {
        if (key.Length > 250) throw Invalid($"'{name}' exceeds the maximum length of 250 characters");
        if (!KeyRule().IsMatch(key)) throw Invalid($"Invalid value \"{key}\" for parameter '{name}' supplied: Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).");
        if (key.Split('/').Any(part => part is "" or "." or "..")) throw Invalid($"Invalid value \"{key}\" for parameter '{name}' supplied: Names may be treated as files in certain cases, and must not resolve to other names when treated as such.");
    }

    private static void Limit(string kind, int count, int most)
    {
        if (count > most) throw Invalid($"A batch logging request can contain at most {most} {kind}. Got {count} {kind}. Please split up {kind} across multiple requests and try again.");
    }

    private static string Change(ServerRun run, Action<ServerRun> change)
    {
        change(run);
        return "{}";
    }

    private static string Cut(string value, int longest) => value.Length > longest ? value[..longest] : value;

    private static JsonArray Array(JsonNode request, string name) => request[name] as JsonArray ?? [];

    private static string Text(JsonNode request, string name) => request[name] is JsonValue value && value.TryGetValue(out string? text) ? text
        : request[name] is null ? throw Invalid($"Missing value for required parameter '{name}'. See the API docs for more information about request parameters.")
        : throw Invalid($"Invalid value {request[name]} for parameter '{name}' supplied:  Hint: Value was of type 'int'. See the API docs for more information about request parameters.");

    // Numbers may be strings; a word that is no number is silently 0.
    private static double Number(JsonNode node) => node is JsonValue value && value.TryGetValue(out string? text)
        ? text switch
        {
            "NaN" => double.NaN,
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : 0,
        }
        : (double)node;

    private static string Json(JsonNode node) => node.ToJsonString();

    private static ServerError Invalid(string message) => new(400, "INVALID_PARAMETER_VALUE", message);

    [GeneratedRegex(@"^[/\w.\- :]*$")]
    private static partial Regex KeyRule();

    [GeneratedRegex("^tags\\.`(?<key>[^`]+)` = '(?<value>[^']*)'$")]
    private static partial Regex TagFilter();
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow;

/// <summary>Stores models in a local database: their files among the run's artifacts, MLflow 2's record of them, and the registry's tables.</summary>
/// <param name="database">The database.</param>
/// <param name="shownPath">The path in messages.</param>
/// <param name="clock">Gives the creation times of versions.</param>
internal sealed class LocalModels(MlflowDatabase database, string shownPath, TimeProvider clock)
{
    /// <summary>Logs a model. Logging it again changes nothing.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="artifacts">The folder of the run's artifacts.</param>
    /// <param name="model">The model.</param>
    public void Log(string runId, string artifacts, ModelPackage model)
    {
        JsonObject description = model.Describe(("artifact_path", model.Name), ("model_uuid", runId), ("run_id", runId));
        string folder = Path.Combine(artifacts, model.Name);
        foreach (ModelFile file in model.Files) ArtifactPaths.Link(file.Path, Path.Combine([folder, .. ArtifactPaths.Split(file.Folder)]));
        // This file is written last, because it marks the folder as a complete model.
        AtomicFile.WriteText(Path.Combine(folder, ModelPackage.DescriptionFile), YamlText.Write(description));
        database.Write(transaction =>
        {
            Record(transaction, runId, model.Name, description);
            if (model.RegisterAs is { } name) SetTag(transaction, runId, RunTags.RegisteredModel, $"{name}/{Register(transaction, name, ArtifactPaths.ToLocation(folder), runId)}");
            return 0;
        });
    }

    /// <summary>Returns the location of the files of a version.</summary>
    /// <exception cref="TrackingException">The version does not exist.</exception>
    public (string Version, string Source) VersionOf(ArtifactUri uri) => database.Write(transaction =>
    {
        string? version = uri.Version ?? (string?)database.Row(
            transaction, "SELECT CAST(version AS TEXT) FROM registered_model_aliases WHERE name = $name AND alias = $alias", ("$name", uri.ModelName), ("$alias", uri.Alias))?[0];
        return version is not null && database.Row(
            transaction, "SELECT source FROM model_versions WHERE name = $name AND version = $version AND current_stage != 'Deleted_Internal'",
            ("$name", uri.ModelName), ("$version", long.Parse(version, CultureInfo.InvariantCulture))) is [string source]
            ? (version, source)
            : throw new TrackingException(TrackingFailure.Missing, $"{shownPath} has no model {uri.Text}.");
    });

    // MLflow 2 stores a JSON list of a run's models in this tag. Later versions read it too.
    private void Record(SqliteTransaction transaction, string runId, string name, JsonObject description)
    {
        string? known = (string?)database.Row(transaction, "SELECT value FROM tags WHERE run_uuid = $run AND key = $key", ("$run", runId), ("$key", RunTags.ModelHistory))?[0];
        JsonArray history = Parse(known);
        if (history.Any(one => (string?)one?["artifact_path"] == name)) return;
        history.Add(description.DeepClone());
        SetTag(transaction, runId, RunTags.ModelHistory, history.ToJsonString());
    }

    private static JsonArray Parse(string? text)
    {
        try
        {
            return text is null ? [] : JsonNode.Parse(text) as JsonArray ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private string Register(SqliteTransaction transaction, string name, string source, string runId)
    {
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        database.Execute(
            transaction, "INSERT INTO registered_models (name, creation_time, last_updated_time, description) VALUES ($name, $now, $now, '') ON CONFLICT DO NOTHING", ("$name", name), ("$now", now));
        if (database.Row(transaction, "SELECT version FROM model_versions WHERE name = $name AND source = $source AND run_id = $run", ("$name", name), ("$source", source), ("$run", runId)) is [long known])
            return known.ToString(CultureInfo.InvariantCulture);
        long version = 1 + (database.Row(transaction, "SELECT max(version) FROM model_versions WHERE name = $name", ("$name", name)) is [long last] ? last : 0);
        database.Execute(
            transaction,
            """
            INSERT INTO model_versions (name, version, creation_time, last_updated_time, description, user_id, current_stage, source, run_id, status, status_message, run_link)
            VALUES ($name, $version, $now, $now, '', NULL, 'None', $source, $run, 'READY', NULL, '')
            """,
            ("$name", name), ("$version", version), ("$now", now), ("$source", source), ("$run", runId));
        database.Execute(transaction, "UPDATE registered_models SET last_updated_time = $now WHERE name = $name", ("$name", name), ("$now", now));
        return version.ToString(CultureInfo.InvariantCulture);
    }

    private void SetTag(SqliteTransaction transaction, string runId, string key, string value) => database.Execute(
        transaction, "INSERT INTO tags (key, value, run_uuid) VALUES ($key, $value, $run) ON CONFLICT (key, run_uuid) DO UPDATE SET value = excluded.value",
        ("$key", key), ("$value", value), ("$run", runId));
}

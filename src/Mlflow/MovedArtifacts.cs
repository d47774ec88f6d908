using Microsoft.Data.Sqlite;

namespace HiEndMae.Mlflow;

/// <summary>Corrects the artifact locations in a local database after its folder was moved. MLflow stores them as absolute paths.</summary>
internal static class MovedArtifacts
{
    // Locations that end in mlruns/EXPERIMENT or mlruns/EXPERIMENT/RUN/artifacts, without that end. Other locations were chosen by the user or by a server.
    private const string Roots = """
        SELECT substr(artifact_location, 1, length(artifact_location) - length(experiment_id) - 1) FROM experiments WHERE artifact_location LIKE '%/mlruns/' || experiment_id
        UNION
        SELECT substr(artifact_uri, 1, length(artifact_uri) - length('/' || experiment_id || '/' || run_uuid || '/artifacts')) FROM runs
        WHERE artifact_uri LIKE '%/mlruns/' || experiment_id || '/' || run_uuid || '/artifacts'
        """;

    /// <summary>Replaces each former folder of artifacts that no longer exists by the present one, if that exists.</summary>
    /// <param name="database">The database.</param>
    /// <param name="artifactRoot">The folder of artifacts beside the database.</param>
    /// <exception cref="TrackingException">The database cannot be written.</exception>
    public static void Follow(MlflowDatabase database, string artifactRoot)
    {
        if (!Directory.Exists(artifactRoot)) return;
        string now = ArtifactPaths.ToLocation(artifactRoot);
        string[] gone = [.. database.Column(null, Roots).Where(root => root != now && ArtifactPaths.ToFolder(root) is { } folder && !Directory.Exists(folder))];
        if (gone.Length == 0) return;
        database.Write(transaction => gone.Sum(before => Replace(database, transaction, before, now)));
    }

    private static int Replace(MlflowDatabase database, SqliteTransaction transaction, string before, string now)
    {
        return Column("UPDATE experiments SET artifact_location = $now || substr(artifact_location, length($before) + 1) WHERE substr(artifact_location, 1, length($before) + 1) = $before || '/'")
            + Column("UPDATE runs SET artifact_uri = $now || substr(artifact_uri, length($before) + 1) WHERE substr(artifact_uri, 1, length($before) + 1) = $before || '/'")
            + Column("UPDATE model_versions SET source = $now || substr(source, length($before) + 1) WHERE substr(source, 1, length($before) + 1) = $before || '/'");

        int Column(string update) => database.Execute(transaction, update, ("$before", before), ("$now", now));
    }
}

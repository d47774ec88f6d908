using System.Security.Cryptography;
using System.Text;
using HiEndMae.Configuration.Shared;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Artifacts;

/// <summary>Downloads models and other artifacts from MLflow, each once.</summary>
/// <param name="target">The store.</param>
/// <param name="folder">Folder of the copies.</param>
/// <param name="client">Timeouts and retries of a server's client.</param>
/// <param name="environment">Environment variables and clock.</param>
internal sealed class ArtifactFetcher(TrackingTarget target, string folder, MlflowClientOptions client, RunEnvironment environment)
{
    /// <summary>Name of the folder of copies in the folder of run directories.</summary>
    public const string FolderName = "mlflow-artifacts";

    /// <summary>Creates a fetcher from the store of the environment (MLFLOW_TRACKING_URI, or runs/mlflow.db) to the user's cache.</summary>
    /// <exception cref="UserException">A variable or the address cannot be used.</exception>
    public static ArtifactFetcher OfUser(RunEnvironment environment)
    {
        try
        {
            return new ArtifactFetcher(
                TrackingTarget.Parse("", Path.GetFullPath("runs"), environment.GetVariable), Path.Combine(UserCache.Folder(environment.GetVariable), FolderName), MlflowClientOptions.Of(environment.GetVariable), environment);
        }
        catch (TrackingException error)
        {
            throw new UserException(error.Message, error);
        }
    }

    /// <summary>Returns the local copy of an artifact and downloads it if necessary.</summary>
    /// <param name="address">runs:/RUN_ID/PATH, models:/NAME/VERSION, models:/NAME@ALIAS or models:/MODEL_ID.</param>
    /// <returns>The file or folder, and the address with an alias replaced by its current version.</returns>
    /// <exception cref="UserException">The address does not exist, or the store cannot be reached.</exception>
    public (string Path, string Address) Fetch(string address)
    {
        try
        {
            ArtifactUri uri = ArtifactUri.Parse(address);
            using ITrackingStore store = target.Open(environment.GetVariable, environment.Clock, client);
            ArtifactUri pinned = store.Pin(uri);
            string name = pinned.Version is { } version ? $"models:/{pinned.ModelName}/{version}{(pinned.Path.Length > 0 ? "/" + pinned.Path : "")}" : address;
            string key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{target.RelativeTo(folder)} {name}")))[..16];
            string copy = Path.Combine(folder, key);
            if (!Path.Exists(copy)) FetchWhole(store, pinned, copy);
            return (copy, name);
        }
        catch (TrackingException error)
        {
            throw new UserException($"{address} cannot be downloaded from {target}: {error.Message}", error);
        }
    }

    // Downloaded under a temporary name first, so that a folder under the final name is always complete.
    private void FetchWhole(ITrackingStore store, ArtifactUri uri, string copy)
    {
        Directory.CreateDirectory(folder);
        string beside = $"{copy}.{Guid.NewGuid():N}.part";
        try
        {
            store.Fetch(uri, beside);
            if (Directory.Exists(beside)) Directory.Move(beside, copy);
            else File.Move(beside, copy);
        }
        catch (IOException) when (Path.Exists(copy))
        {
            // Another process has downloaded it in the meantime.
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            File.Delete(beside);
        }
    }
}

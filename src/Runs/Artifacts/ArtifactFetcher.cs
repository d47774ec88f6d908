using System.Security.Cryptography;
using System.Text;
using HiEndMae.Configuration.Shared;
using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Artifacts;

/// <summary>Brings models and other artifacts from MLflow to this machine, once each.</summary>
/// <param name="target">The store.</param>
/// <param name="folder">Where they are kept.</param>
/// <param name="client">How patient the client of a server is.</param>
/// <param name="environment">Variables and clock.</param>
internal sealed class ArtifactFetcher(TrackingTarget target, string folder, MlflowClientOptions client, RunEnvironment environment)
{
    /// <summary>Folder of fetched artifacts below the folder of run directories.</summary>
    public const string FolderName = "mlflow-artifacts";

    /// <summary>Fetches from the environment's store (MLFLOW_TRACKING_URI, or runs/mlflow.db) into the user's cache.</summary>
    /// <exception cref="UserException">A variable or the address cannot be used.</exception>
    public static ArtifactFetcher OfUser(RunEnvironment environment)
    {
        try
        {
            string cache = environment.GetVariable("XDG_CACHE_HOME") is { Length: > 0 } given ? given
                : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
                : Path.Combine(environment.GetVariable("HOME") ?? Path.GetTempPath(), ".cache");
            return new ArtifactFetcher(
                TrackingTarget.Parse("", Path.GetFullPath("runs"), environment.GetVariable), Path.Combine(cache, "hiendmae", FolderName), MlflowClientOptions.Of(environment.GetVariable), environment);
        }
        catch (TrackingException error)
        {
            throw new UserException(error.Message, error);
        }
    }

    /// <summary>The local copy of what an address names, which is fetched where it is not there yet.</summary>
    /// <param name="address">runs:/RUN_ID/PATH, models:/NAME/VERSION, models:/NAME@ALIAS or models:/MODEL_ID.</param>
    /// <returns>The file or folder, and the address with an alias replaced by the version that it names now.</returns>
    /// <exception cref="UserException">There is nothing of that address, or the store cannot be reached.</exception>
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
            throw new UserException($"{address} cannot be taken from {target}: {error.Message}", error);
        }
    }

    // Beside first: what is there under its name is whole.
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
            // Another process has fetched it meanwhile.
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
            File.Delete(beside);
        }
    }
}

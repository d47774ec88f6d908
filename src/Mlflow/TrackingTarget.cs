namespace HiEndMae.Mlflow;

/// <summary>The store of runs: a server or an SQLite file.</summary>
/// <param name="Server">The server; null for a file.</param>
/// <param name="Database">Absolute path of the file; null for a server.</param>
public sealed record TrackingTarget(TrackingServer? Server, string? Database)
{
    private const string Sqlite = "sqlite:///";

    /// <summary>Reads an address from the experiment file or MLFLOW_TRACKING_URI.</summary>
    /// <param name="uri">http(s)://..., <c>sqlite:///PATH</c>, or empty. Empty means MLFLOW_TRACKING_URI, or <c>mlflow.db</c> in <paramref name="localFolder"/> if that is not set.</param>
    /// <param name="localFolder">Folder of the local store.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="TrackingException">The address is not supported.</exception>
    public static TrackingTarget Parse(string uri, string localFolder, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(getVariable);
        bool isFromEnvironment = string.IsNullOrWhiteSpace(uri);
        string address = (isFromEnvironment ? getVariable("MLFLOW_TRACKING_URI") : uri)?.Trim() ?? "";
        string local = Path.Combine(localFolder, LocalTrackingStore.FileName);
        if (address.Length == 0) return new TrackingTarget(null, Path.GetFullPath(local));
        if (TrackingAddress.FaultOf(address) is { } fault)
        {
            throw new TrackingException(
                $"The tracking address '{TrackingAddress.WithoutCredentials(address)}'{(isFromEnvironment ? " (MLFLOW_TRACKING_URI)" : "")} {fault}, or leave it empty to track into {local}.");
        }
        return address.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase)
            ? new TrackingTarget(null, Path.GetFullPath(address[Sqlite.Length..]))
            : new TrackingTarget(TrackingServer.Of(address, getVariable), null);
    }

    /// <summary>Parses the text that <see cref="RelativeTo"/> returns.</summary>
    /// <param name="text">The text.</param>
    /// <param name="runFolder">The run directory's current path.</param>
    /// <param name="getVariable">Reads the environment.</param>
    public static TrackingTarget FromRelative(string text, string runFolder, Func<string, string?> getVariable) =>
        text.StartsWith("sqlite:", StringComparison.Ordinal)
            ? new TrackingTarget(null, Path.GetFullPath(Path.Combine(runFolder, text["sqlite:".Length..])))
            : new TrackingTarget(TrackingServer.Of(text, getVariable), null);

    /// <summary>Returns the store's name in the files of a run directory. It has no credentials. The path of a database is relative, so that both can be moved together.</summary>
    /// <param name="runFolder">The run directory.</param>
    public string RelativeTo(string runFolder) => Server?.ToString() ?? "sqlite:" + Path.GetRelativePath(runFolder, Database!).Replace('\\', '/');

    /// <summary>Opens the store. Sends nothing to a server yet.</summary>
    /// <param name="getVariable">Reads USER for the tag mlflow.user.</param>
    /// <param name="clock">Gives the times of runs, and times the waits.</param>
    /// <param name="options">Timeouts and repetitions of the client.</param>
    /// <exception cref="TrackingException">The file is not an MLflow database.</exception>
    public ITrackingStore Open(Func<string, string?> getVariable, TimeProvider clock, MlflowClientOptions? options = null) => Server is { } server
        ? new RestTrackingStore(server, handler: null, getVariable, clock, options)
        : new LocalTrackingStore(Path.GetDirectoryName(Database!)!, getVariable, clock, Path.GetFileName(Database!));

    /// <summary>Returns the server's address without credentials, or the file's path.</summary>
    public override string ToString() => Server?.ToString() ?? Database!;
}

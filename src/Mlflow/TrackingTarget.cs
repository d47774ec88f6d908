namespace HiEndMae.Mlflow;

/// <summary>Which store runs go to: a server, or an SQLite file.</summary>
/// <param name="Server">The server; null for a file.</param>
/// <param name="Database">Absolute path of the file; null for a server.</param>
public sealed record TrackingTarget(TrackingServer? Server, string? Database)
{
    private const string Sqlite = "sqlite:///";

    /// <summary>Reads an address, as the file or MLFLOW_TRACKING_URI gives it.</summary>
    /// <param name="uri">http(s)://..., <c>sqlite:///PATH</c>, or empty for MLFLOW_TRACKING_URI and, without it, <c>mlflow.db</c> in <paramref name="localFolder"/>.</param>
    /// <param name="localFolder">Where the local store is.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="TrackingException">The address is of another kind.</exception>
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
                $"The tracking address '{TrackingAddress.WithoutCredentials(address)}'{(isFromEnvironment ? " (MLFLOW_TRACKING_URI)" : "")} {fault}; or leave it empty to track into {local}.");
        }
        return address.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase)
            ? new TrackingTarget(null, Path.GetFullPath(address[Sqlite.Length..]))
            : new TrackingTarget(TrackingServer.Of(address, getVariable), null);
    }

    /// <summary>Parses the text that <see cref="RelativeTo"/> returns.</summary>
    /// <param name="text">The text.</param>
    /// <param name="runFolder">Where the run directory is now.</param>
    /// <param name="getVariable">Reads the environment.</param>
    public static TrackingTarget FromRelative(string text, string runFolder, Func<string, string?> getVariable) =>
        text.StartsWith("sqlite:", StringComparison.Ordinal)
            ? new TrackingTarget(null, Path.GetFullPath(Path.Combine(runFolder, text["sqlite:".Length..])))
            : new TrackingTarget(TrackingServer.Of(text, getVariable), null);

    /// <summary>The store as the files of a run directory name it: without credentials, and a database by its path from there, so that both can be moved together.</summary>
    /// <param name="runFolder">The run directory.</param>
    public string RelativeTo(string runFolder) => Server?.ToString() ?? "sqlite:" + Path.GetRelativePath(runFolder, Database!).Replace('\\', '/');

    /// <summary>Opens the store. A server is not called yet.</summary>
    /// <param name="getVariable">Reads USER for the tag mlflow.user.</param>
    /// <param name="clock">Times of runs and waits.</param>
    /// <param name="options">How patient a client is.</param>
    /// <exception cref="TrackingException">The file is no MLflow database.</exception>
    public ITrackingStore Open(Func<string, string?> getVariable, TimeProvider clock, MlflowClientOptions? options = null) => Server is { } server
        ? new RestTrackingStore(server, handler: null, getVariable, clock, options)
        : new LocalTrackingStore(Path.GetDirectoryName(Database!)!, getVariable, clock, Path.GetFileName(Database!));

    /// <summary>The server's address or the file's path; no credentials.</summary>
    public override string ToString() => Server?.ToString() ?? Database!;
}

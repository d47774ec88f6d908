namespace HiEndMae.Mlflow;

/// <summary>Opens the store that an experiment's <c>[tracking]</c> section names.</summary>
public static class TrackingStores
{
    /// <summary>Opens a store by its address.</summary>
    /// <param name="uri">Empty for the local store; <c>http://</c> or <c>https://</c> for a server.</param>
    /// <param name="localFolder">Where the local store keeps <c>mlflow.db</c> and <c>mlruns/</c>.</param>
    /// <param name="getVariable">
    /// Reads an environment variable: USER (or USERNAME) and, for a server, MLFLOW_TRACKING_USERNAME with
    /// MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.
    /// </param>
    /// <param name="clock">Gives the times of runs and the waits between tries.</param>
    /// <returns>The open store. A server is not called before the first run is.</returns>
    /// <exception cref="TrackingException">The address is of another kind, or the local store cannot be opened.</exception>
    public static ITrackingStore Open(string uri, string localFolder, Func<string, string?> getVariable, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (string.IsNullOrWhiteSpace(uri)) return new LocalTrackingStore(localFolder, getVariable, clock);
        if (Uri.TryCreate(uri.Trim(), UriKind.Absolute, out Uri? server) && server.Scheme is "http" or "https")
            return new RestTrackingStore(server, new SocketsHttpHandler(), getVariable, clock);
        throw new TrackingException(
            $"The tracking address '{uri}' is neither http://... nor https://...; leave it empty to track into {Path.Combine(localFolder, LocalTrackingStore.FileName)}.");
    }
}

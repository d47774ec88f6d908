namespace HiEndMae.Mlflow.Tests;

/// <summary>What answers behind a <see cref="StandInServer"/>.</summary>
internal interface IBackend
{
    /// <summary>Carries out a request.</summary>
    (int Status, string Body) Handle(string method, string path, string query, byte[] body, bool isChunked, string? contentType);

    /// <summary>Runs that are there and not deleted.</summary>
    IReadOnlyList<ServerRun> ActiveRuns();

    /// <summary>Artifacts of a run by path, as text.</summary>
    IReadOnlyDictionary<string, string> ArtifactsOf(ServerRun run);
}

namespace HiEndMae.Mlflow;

/// <summary>Files of runs: behind the server (<c>mlflow-artifacts:/</c>), or in a folder that both machines see.</summary>
internal sealed class MlflowArtifacts(MlflowTransport transport, TrackingServer server)
{
    private const string Proxied = "mlflow-artifacts:";

    public void Upload(string artifactUri, string file, string folder)
    {
        string[] parts = [.. ArtifactPaths.Split(folder)];
        if (IsProxied(artifactUri))
        {
            // Percent-encoded, and still a '#' is refused ("Invalid path").
            string name = Path.GetFileName(file).Replace('#', '_');
            transport.Put(Address(artifactUri, [.. parts.Select(part => part.Replace('#', '_')), name]), file);
            return;
        }
        try
        {
            ArtifactPaths.Copy(file, Path.Combine([Folder(artifactUri), .. parts]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException($"'{file}' cannot be copied to the artifacts at {artifactUri}: {error.Message}", error);
        }
    }

    public byte[] Download(string artifactUri, string path)
    {
        if (IsProxied(artifactUri)) return transport.GetBytes(Address(artifactUri, ArtifactPaths.Split(path)));
        try
        {
            return File.ReadAllBytes(Path.Combine([Folder(artifactUri), .. ArtifactPaths.Split(path)]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException(TrackingFailure.Missing, $"The artifact '{path}' at {artifactUri} cannot be read: {error.Message}", error);
        }
    }

    private static bool IsProxied(string artifactUri) => artifactUri.StartsWith(Proxied, StringComparison.Ordinal);

    private string Folder(string artifactUri) => ArtifactPaths.ToFolder(artifactUri) ?? throw new TrackingException(
        $"{server} keeps artifacts in '{artifactUri}', which is neither behind itself nor a folder of this machine; start it with --serve-artifacts.");

    private static string Address(string artifactUri, string[] parts)
    {
        string path = artifactUri[Proxied.Length..];
        // mlflow-artifacts://HOST/PATH names a server besides the path; it is the one we talk to.
        if (path.StartsWith("//", StringComparison.Ordinal)) path = path[2..] is var rest && rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? rest[slash..] : "";
        IEnumerable<string> all = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Concat(parts);
        return "api/2.0/mlflow-artifacts/artifacts/" + string.Join('/', all.Select(Uri.EscapeDataString));
    }
}

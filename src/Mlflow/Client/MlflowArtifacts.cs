using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>Reads and writes the files of runs and models, through the server (<c>mlflow-artifacts:/</c>) or in a folder that this machine shares with it.</summary>
internal sealed class MlflowArtifacts(MlflowTransport transport, TrackingServer server)
{
    private const string Proxied = "mlflow-artifacts:", Api = "api/2.0/mlflow-artifacts/artifacts";

    public void Upload(string artifactUri, string file, string folder)
    {
        string[] parts = ArtifactPaths.Split(folder);
        if (IsProxied(artifactUri))
        {
            // A '#' is refused even where it is percent-encoded ("Invalid path").
            string name = Path.GetFileName(file).Replace('#', '_');
            transport.Put($"{Api}/{EncodedPath(artifactUri, [.. parts.Select(part => part.Replace('#', '_')), name])}", file);
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
        if (IsProxied(artifactUri)) return transport.GetBytes($"{Api}/{EncodedPath(artifactUri, ArtifactPaths.Split(path))}");
        try
        {
            return File.ReadAllBytes(Path.Combine([Folder(artifactUri), .. ArtifactPaths.Split(path)]));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException(TrackingFailure.Missing, $"The artifact '{path}' at {artifactUri} cannot be read: {error.Message}", error);
        }
    }

    /// <summary>Copies a file, or a folder with all that is in it, to this machine.</summary>
    /// <returns>The number of copied files; 0 if nothing is at the path.</returns>
    public int DownloadTo(string artifactUri, string path, string target)
    {
        if (!IsProxied(artifactUri)) return ArtifactPaths.CopyTree(Path.Combine([Folder(artifactUri), .. ArtifactPaths.Split(path)]), target);
        IReadOnlyList<ArtifactEntry> entries = List(artifactUri, path);
        // A server returns an empty list both for a file and for a path that does not exist.
        if (entries.Count == 0) return path.Length > 0 && IsFile(artifactUri, path) ? DownloadFile(artifactUri, path, target) : 0;
        int count = 0;
        foreach (ArtifactEntry entry in entries)
        {
            string name = entry.Path.Split('/')[^1], below = path.Length == 0 ? name : $"{path}/{name}";
            ArtifactPaths.Split(name); // refuses a name that would leave the folder
            count += entry.IsDir ? DownloadTo(artifactUri, below, Path.Combine(target, name)) : DownloadFile(artifactUri, below, Path.Combine(target, name));
        }
        return count;
    }

    private int DownloadFile(string artifactUri, string path, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        transport.Download($"{Api}/{EncodedPath(artifactUri, ArtifactPaths.Split(path))}", target);
        return 1;
    }

    private bool IsFile(string artifactUri, string path)
    {
        int slash = path.LastIndexOf('/');
        string name = path[(slash + 1)..];
        return List(artifactUri, slash < 0 ? "" : path[..slash]).Any(entry => !entry.IsDir && entry.Path.Split('/')[^1] == name);
    }

    private IReadOnlyList<ArtifactEntry> List(string artifactUri, string path) => transport.Get(
        string.Create(CultureInfo.InvariantCulture, $"{Api}?path={Uri.EscapeDataString(Uri.UnescapeDataString(EncodedPath(artifactUri, ArtifactPaths.Split(path))))}"), MlflowJson.Default.ArtifactsAnswer).Files ?? [];

    private static bool IsProxied(string artifactUri) => artifactUri.StartsWith(Proxied, StringComparison.Ordinal);

    private string Folder(string artifactUri) => ArtifactPaths.ToFolder(artifactUri) ?? throw new TrackingException(
        $"{server} keeps artifacts in '{artifactUri}', which this machine cannot reach as a folder; start the server with --serve-artifacts.");

    // The folders of the artifact URI come first. All parts are percent-encoded.
    private static string EncodedPath(string artifactUri, string[] parts)
    {
        string path = artifactUri[Proxied.Length..];
        // The HOST of mlflow-artifacts://HOST/PATH is this server.
        if (path.StartsWith("//", StringComparison.Ordinal)) path = path[2..] is var rest && rest.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? rest[slash..] : "";
        IEnumerable<string> all = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Concat(parts);
        return string.Join('/', all.Select(Uri.EscapeDataString));
    }
}

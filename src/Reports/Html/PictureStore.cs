using System.Security.Cryptography;

namespace HiEndMae.Reports.Html;

/// <summary>Pictures of the page, each in it once, as CSS classes of data URIs.</summary>
internal sealed class PictureStore
{
    // A page that browsers and mail programs still open at once.
    private const long MostBytes = 32L << 20;

    private readonly Dictionary<string, int> known = [];
    private readonly List<string> uris = [];
    private long bytes;

    /// <summary>Pictures that found no room.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Name of the class that shows a picture as its background; null where there is no room for it or it cannot be read.</summary>
    public string? Class(string path) => Index(path) is { } index ? $"i{index}" : null;

    /// <summary>The picture as a data URI; null where there is no room for it or it cannot be read.</summary>
    public string? Uri(string path)
    {
        if (!TryRead(path, out byte[] content)) return null;
        if (bytes + content.Length > MostBytes)
        {
            LeftOut++;
            return null;
        }
        bytes += content.Length;
        return Encode(path, content);
    }

    /// <summary>The style sheet of every picture that a class was given for.</summary>
    public string Styles() => string.Concat(uris.Select((uri, index) => $".i{index}{{background-image:url({uri})}}\n"));

    private int? Index(string path)
    {
        if (!TryRead(path, out byte[] content)) return null;
        string key = Convert.ToHexString(SHA256.HashData(content));
        if (known.TryGetValue(key, out int index)) return index;
        if (bytes + content.Length > MostBytes)
        {
            LeftOut++;
            return null;
        }
        bytes += content.Length;
        uris.Add(Encode(path, content));
        return known[key] = uris.Count - 1;
    }

    private static string Encode(string path, byte[] content) =>
        $"data:image/{(Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase) ? "png" : "jpeg")};base64,{Convert.ToBase64String(content)}";

    private static bool TryRead(string path, out byte[] content)
    {
        try
        {
            content = File.ReadAllBytes(path);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            content = [];
            return false;
        }
    }
}

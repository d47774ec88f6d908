using System.Security.Cryptography;

namespace HiEndMae.Reports.Html;

/// <summary>Embeds the pictures of a page, each once, as CSS classes with data URIs.</summary>
internal sealed class PictureStore
{
    // Browsers and mail programs still open a page of this size quickly.
    private const long MostBytes = 32L << 20;

    private readonly Dictionary<string, int> known = [];
    private readonly List<string> uris = [];
    private long bytes;

    /// <summary>Number of pictures that were left out because of the size limit.</summary>
    public int LeftOut { get; private set; }

    /// <summary>Returns the name of a CSS class that shows the picture as background, or null if the picture is left out or cannot be read.</summary>
    public string? Class(string path) => Index(path) is { } index ? $"i{index}" : null;

    /// <summary>Returns the picture as a data URI, or null if it is left out or cannot be read.</summary>
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

    /// <summary>Returns the style sheet of all pictures with a class.</summary>
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

namespace HiEndMae.Runs.Machine;

/// <summary>The user's folder of files that can be made or downloaded again.</summary>
internal static class UserCache
{
    /// <summary>The folder: <c>$XDG_CACHE_HOME/hiendmae</c>, <c>~/.cache/hiendmae</c>, or below the local application data on Windows.</summary>
    /// <param name="getVariable">Returns an environment variable.</param>
    public static string Folder(Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        string cache = getVariable("XDG_CACHE_HOME") is { Length: > 0 } given ? given
            : OperatingSystem.IsWindows() ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData)
            : Path.Combine(getVariable("HOME") ?? Path.GetTempPath(), ".cache");
        return Path.Combine(cache, "hiendmae");
    }
}

using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Loading;

/// <summary>The folders of plugins. Plugins are loaded from these folders and from no others.</summary>
/// <param name="Program">The folder beside the program, which holds the plugins that come with it.</param>
/// <param name="Added">Folders of plugins that users add. <c>plugins add</c> writes into the first.</param>
/// <param name="AreNamed">Whether <see cref="Variable"/> names the folders of <paramref name="Added"/>.</param>
internal sealed record PluginFolders(string Program, IReadOnlyList<string> Added, bool AreNamed)
{
    /// <summary>The variable that names folders of plugins, separated as in PATH. It replaces the user's folder.</summary>
    public const string Variable = "HIENDMAE_PLUGINS";

    private const string Below = "plugins";

    /// <summary>The folders of this machine and user.</summary>
    /// <param name="environment">The program's folder and the variables.</param>
    public static PluginFolders Of(RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (environment.GetVariable(Variable) is { Length: > 0 } named)
        {
            string[] folders = [.. named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Path.GetFullPath).Distinct()];
            return new PluginFolders(environment.PluginsDirectory, folders, AreNamed: true);
        }
        return new PluginFolders(environment.PluginsDirectory, UserFolder(environment.GetVariable) is { } user ? [user] : [], AreNamed: false);
    }

    /// <summary>Every folder that exists, the program's first.</summary>
    public IEnumerable<string> Existing => Added.Prepend(Program).Where(Directory.Exists);

    /// <summary>Warnings: a sentence for each folder that the variable names but that does not exist.</summary>
    public IEnumerable<string> Missing => AreNamed
        ? Added.Where(folder => !Directory.Exists(folder)).Select(folder => $"{Variable} names the folder '{folder}', which does not exist; correct the variable, or let 'hiendmae plugins add' create the folder.")
        : [];

    // The XDG base directory specification; on Windows, the folder of local application data.
    private static string? UserFolder(Func<string, string?> getVariable)
    {
        string? data = OperatingSystem.IsWindows() ? getVariable("LOCALAPPDATA")
            : getVariable("XDG_DATA_HOME") is { Length: > 0 } xdg ? xdg
            : getVariable("HOME") is { Length: > 0 } home ? Path.Combine(home, ".local", "share")
            : null;
        return string.IsNullOrEmpty(data) || !Path.IsPathFullyQualified(data) ? null : Path.Combine(data, "hiendmae", Below);
    }
}

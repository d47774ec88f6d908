namespace HiEndMae.Mlflow;

/// <summary>Programs on PATH.</summary>
public static class Executables
{
    /// <summary>The path of a program; null where PATH has none of that name.</summary>
    public static string? Find(string name, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        string file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        foreach (string folder in (getVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            string path = Path.Combine(folder, file);
            if (File.Exists(path)) return path;
        }
        return null;
    }
}

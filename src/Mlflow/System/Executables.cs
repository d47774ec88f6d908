namespace HiEndMae.Mlflow;

/// <summary>Finds programs on PATH.</summary>
public static class Executables
{
    /// <summary>Returns the path of a program; null if it is not on PATH.</summary>
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

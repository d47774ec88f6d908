namespace HiEndMae.Sweeps;

/// <summary>The program that runs stages, as the first words of a command line.</summary>
internal static class HostProgram
{
    /// <summary>Returns the running program. In a test, returns the program beside the plugins.</summary>
    /// <param name="folder">The folder of the program.</param>
    public static IReadOnlyList<string> In(string folder)
    {
        string library = Path.Combine(folder, "hiendmae.dll");
        string? process = Environment.ProcessPath;
        return Path.GetFileNameWithoutExtension(process) switch
        {
            // A .NET tool starts from a program in another folder, and its own folder has only the library.
            "hiendmae" when Path.Combine(folder, Path.GetFileName(process)!) is var program && File.Exists(program) => [program],
            "dotnet" => [process!, library],
            _ => ["dotnet", library],
        };
    }

    /// <summary>The program's folder.</summary>
    /// <param name="plugins">The folder of its plugins.</param>
    public static string FolderOf(string plugins) => Path.GetDirectoryName(Path.GetFullPath(Path.TrimEndingDirectorySeparator(plugins)))!;
}

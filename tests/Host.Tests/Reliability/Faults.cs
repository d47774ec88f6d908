using System.Diagnostics;

namespace HiEndMae.Host.Tests.Reliability;

/// <summary>Runs the program with faults of the machine: a library between it and libc (faults.c) that the C compiler of this machine builds once.</summary>
internal static class Faults
{
    private static readonly Lazy<string?> Library = new(Build);

    /// <summary>Skips the test where the library cannot be built.</summary>
    public static void Require() => Assert.SkipWhen(Library.Value is null, "Needs Linux and a C compiler (cc).");

    /// <summary>Starts the program under faults.</summary>
    /// <param name="root">Only paths below this folder see faults.</param>
    /// <param name="fault">Name of a setting of faults.c, without FAULT_, and its value.</param>
    /// <param name="args">Of the program.</param>
    public static ProgramProcess Start(string root, (string Name, string Value) fault, params string[] args) => new(
        new Dictionary<string, string> { ["LD_PRELOAD"] = Library.Value!, ["FAULT_ROOT"] = root, ["FAULT_" + fault.Name] = fault.Value }, args);

    private static string? Build()
    {
        if (!OperatingSystem.IsLinux()) return null;
        string library = Path.Combine(Directory.CreateTempSubdirectory("hiendmae-faults-").FullName, "faults.so");
        try
        {
            using Process compiler = Process.Start("cc", ["-O1", "-shared", "-fPIC", "-o", library, Path.Combine(AppContext.BaseDirectory, "Reliability", "faults.c"), "-ldl"]);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? library : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}

using System.Diagnostics;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary><c>hiendmae validate</c> as a process.</summary>
public sealed class ValidateProcessTests
{
    [Fact]
    public void Libtorch_is_not_loaded()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The loader's own log, LD_DEBUG, is Linux's.");
        string log = Path.Combine(Directory.CreateTempSubdirectory("hiendmae-loaded-").FullName, "log");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(Path.GetDirectoryName(Repository.Plugins)!, "hiendmae.dll"), "validate", Repository.Experiment("quickstart.toml")]) { RedirectStandardOutput = true };
        start.Environment["LD_DEBUG"] = "files";
        start.Environment["LD_DEBUG_OUTPUT"] = log;
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Contains("valid", output);
        string loaded = string.Concat(Directory.GetFiles(Path.GetDirectoryName(log)!).Select(File.ReadAllText));
        Assert.Contains("libcoreclr", loaded);
        Assert.DoesNotContain("orch", loaded);
        Directory.Delete(Path.GetDirectoryName(log)!, recursive: true);
    }
}

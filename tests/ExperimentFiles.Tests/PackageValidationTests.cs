using System.Diagnostics;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>The packages for plugin authors have everything that the packages of the last contract had (<c>build/baseline</c>), as the package validation of the .NET SDK sees it.</summary>
public sealed class PackageValidationTests
{
    [Theory]
    [Trait("speed", "slow")]
    [InlineData("Abstractions")]
    [InlineData("Configuration")]
    [InlineData("Imaging")]
    [InlineData("Nn")]
    [InlineData("Testing")]
    public void A_package_keeps_the_api_of_the_last_contract(string project)
    {
        Assert.True(File.Exists(Path.Combine(Repository.Root, "build", "baseline", $"HiEndMae.{project}.nupkg")));
        string folder = Directory.CreateTempSubdirectory("hiendmae-validated-").FullName;
        var start = new ProcessStartInfo("dotnet", ["pack", "-c", Repository.Configuration, "--no-build", Path.Combine(Repository.Root, "src", project), "-o", folder]) { RedirectStandardOutput = true };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
        Assert.NotEmpty(Directory.GetFiles(folder, "*.nupkg"));
        Directory.Delete(folder, recursive: true);
    }
}

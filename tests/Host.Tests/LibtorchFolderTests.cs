using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary><c>--libtorch</c> and <c>HIENDMAE_LIBTORCH</c>, with copies of the libtorch that the tests run with. Linux only.</summary>
public sealed class LibtorchFolderTests : IDisposable
{
    private static readonly string Natives = Path.Combine(Path.GetDirectoryName(ProgramProcess.Program)!, "runtimes", "linux-x64", "native");
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-libtorch-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_copy_of_libtorch_is_taken()
    {
        SkipElsewhere();
        foreach (string library in Directory.GetFiles(Natives, "lib*.so*").Where(file => !file.EndsWith("libLibTorchSharp.so", StringComparison.Ordinal))) File.Copy(library, Path.Combine(folder, Path.GetFileName(library)));
        using var byOption = new ProgramProcess("--libtorch", folder, "doctor", "--json");
        (_, string output, string error) = await byOption.End();
        Assert.Equal("", error);
        Assert.Contains($"loaded from '{folder}'", output.Replace("\\u0027", "'", StringComparison.Ordinal));

        using var byVariable = new ProgramProcess(new Dictionary<string, string> { ["HIENDMAE_LIBTORCH"] = folder }, "bench", Repository.Experiment("quickstart.toml"), "--steps", "1", "--json");
        (int code, output, error) = await byVariable.End();
        Assert.Equal("", error);
        Assert.Equal(ExitCodes.Done, code);
        Assert.Contains("\"step_seconds\"", output);
    }

    [Fact]
    public async Task A_folder_without_libtorch_is_refused()
    {
        SkipElsewhere();
        await Refused("has no libtorch_cpu.so; give the folder of libtorch's libraries");
    }

    [Fact]
    public async Task Another_version_is_refused()
    {
        SkipElsewhere();
        string libraries = Directory.CreateDirectory(Path.Combine(folder, "torch", "lib")).FullName;
        File.WriteAllText(Path.Combine(libraries, "libtorch_cpu.so"), "");
        File.WriteAllText(Path.Combine(folder, "torch", "version.py"), "from typing import Optional\n__version__ = '2.9.1+cu128'\n");
        await Refused("is of PyTorch 2.9.1, but this program needs 2.10.0", libraries);
    }

    [Theory]
    [InlineData("no library at all")]
    [InlineData("\u007fELF\u0002\u0001")]
    public async Task A_file_that_is_no_library_is_refused(string content)
    {
        SkipElsewhere();
        File.WriteAllText(Path.Combine(folder, "libtorch_cpu.so"), content);
        await Refused("libtorch_cpu.so' is no complete 64-bit Linux library. Install libtorch 2.10.0 again.");
    }

    [Fact]
    public async Task A_library_without_the_functions_is_refused()
    {
        SkipElsewhere();
        // A library with only some of the functions, as another version of libtorch is.
        File.Copy(Path.Combine(Natives, "libc10.so"), Path.Combine(folder, "libtorch_cpu.so"));
        await Refused("functions that this program needs, such as _Z");
    }

    private async Task Refused(string message, string? libraries = null)
    {
        using var program = new ProgramProcess("--libtorch", libraries ?? folder, "doctor");
        (int code, string output, string error) = await program.End();
        Assert.Contains(message, error);
        Assert.Equal("", output);
        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    private static void SkipElsewhere() => Assert.SkipUnless(OperatingSystem.IsLinux() && Directory.Exists(Natives), "A folder of libtorch can be chosen on Linux x64 only.");
}

using System.IO.Compression;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Host.Tests;

/// <summary><c>bundle</c>: a model in one file, which another machine uses with the same result.</summary>
public sealed class BundleTests(EvaluateTests.TinyRun run) : IClassFixture<EvaluateTests.TinyRun>
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_bundle_predicts_the_same_voxels_also_without_the_plugin()
    {
        using var host = new HostFixture();
        string bundle = Path.Combine(host.Folder, "model.zip"), scan = Scan(host);
        Assert.True(await host.RunAsync("bundle", run.Folder, "--start", "scratch", "--out", bundle) == ExitCodes.Done, host.Error);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("predict", run.Folder, scan, "--start", "scratch", "--out", Path.Combine(host.Folder, "run")));
        byte[] expected = await File.ReadAllBytesAsync(Path.Combine(host.Folder, "run", "scan_seg.nii.gz"), Cancel);

        // Another machine: no run, another cache, and no heads among its plugins.
        using var other = new HostFixture(WithoutHeads(host));
        other.Variables["XDG_CACHE_HOME"] = Path.Combine(other.Folder, "cache");
        string moved = Path.Combine(other.Folder, "moved.zip"), output = Path.Combine(other.Folder, "out");
        File.Copy(bundle, moved);
        Assert.True(await other.RunAsync("predict", moved, scan, "--out", output) == ExitCodes.Done, other.Error);
        Assert.Contains("note: the plugin HiEndMae.Plugins.Heads", other.Error);
        Assert.Equal(expected, await File.ReadAllBytesAsync(Path.Combine(output, "scan_seg.nii.gz"), Cancel));
        Assert.Single(Directory.GetDirectories(Path.Combine(other.Folder, "cache", "hiendmae", "bundles")));
    }

    [Fact]
    public async Task A_bundle_has_a_card_and_is_the_same_each_time()
    {
        using var host = new HostFixture();
        string first = Path.Combine(host.Folder, "first.zip"), second = Path.Combine(host.Folder, "second.zip");
        await host.RunAsync("bundle", run.Folder, "--out", first);
        await host.RunAsync("bundle", run.Folder, "--out", second);
        Assert.Equal(await File.ReadAllBytesAsync(first, Cancel), await File.ReadAllBytesAsync(second, Cancel));
        await using ZipArchive archive = await ZipFile.OpenReadAsync(first, Cancel);
        using var reader = new StreamReader(archive.GetEntry("README.md")!.Open());
        string card = await reader.ReadToEndAsync(Cancel);
        Assert.Contains("| plugin HiEndMae.Plugins.Heads |", card);
        Assert.Contains("| 0 | background |", card);
        Assert.Contains("for research, not for diagnosis", card);
        Assert.DoesNotContain(archive.Entries, entry => entry.FullName.Contains("optimizer", StringComparison.Ordinal) || entry.FullName.EndsWith(".pdb", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damaged_bundles_and_other_files_are_refused()
    {
        using var host = new HostFixture();
        host.Variables["XDG_CACHE_HOME"] = Path.Combine(host.Folder, "cache");
        string bundle = Path.Combine(host.Folder, "model.zip"), scan = Scan(host);
        await host.RunAsync("bundle", run.Folder, "--out", bundle);
        await using (ZipArchive archive = await ZipFile.OpenAsync(bundle, ZipArchiveMode.Update, Cancel))
        {
            archive.GetEntry("run/model.json")!.Delete();
            await using var writer = new StreamWriter(archive.CreateEntry("run/model.json").Open());
            await writer.WriteAsync("{}");
        }
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("predict", bundle, scan));
        Assert.Contains("'run/model.json' does not match its SHA-256", host.Error);
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("predict", host.Write("text.zip", "text"), scan));
        Assert.Contains("is no bundle or is damaged", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("bundle", run.Folder, "--out", Path.Combine(host.Folder, "model.tar")));
        Assert.Empty(Directory.GetDirectories(Path.Combine(host.Folder, "cache", "hiendmae", "bundles")));
    }

    [Fact]
    public async Task A_run_of_other_code_is_not_bundled()
    {
        using var host = new HostFixture();
        string copy = Path.Combine(host.Folder, "run"), code = Path.Combine(copy, "code.json");
        foreach (string file in Directory.GetFiles(run.Folder, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(copy, Path.GetRelativePath(run.Folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        await File.WriteAllTextAsync(code, (await File.ReadAllTextAsync(code, Cancel)).Replace("\"numerics\": ", "\"numerics\": 9", StringComparison.Ordinal), Cancel);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("bundle", copy, "--out", Path.Combine(host.Folder, "model.zip")));
        Assert.Contains("was computed by other code", host.Error);
        Assert.False(File.Exists(Path.Combine(host.Folder, "model.zip")));
    }

    private static string Scan(HostFixture host)
    {
        string scan = Path.Combine(host.Folder, "scan.nii.gz");
        Size3 size = Size3.Cube(20);
        NiftiWriter.Write(scan, new Volume<float>(1, size, Affine.FromSpacing(Spacing3.Isotropic(12)), [.. Enumerable.Range(0, (int)size.Count).Select(i => (float)(i % 400 - 200))]), Cancel);
        return scan;
    }

    private static string WithoutHeads(HostFixture host)
    {
        string plugins = Path.Combine(host.Folder, "plugins");
        foreach (string file in Directory.GetFiles(Repository.Plugins, "*", SearchOption.AllDirectories).Where(file => !file.Contains("Plugins.Heads", StringComparison.Ordinal)))
        {
            string target = Path.Combine(plugins, Path.GetRelativePath(Repository.Plugins, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return plugins;
    }
}

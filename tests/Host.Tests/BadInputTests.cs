using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary>One clear message and the documented exit code for every kind of wrong input; no stack trace, nothing left behind.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task A_missing_file_is_bad_usage()
    {
        using var host = new HostFixture();
        int code = await host.RunAsync("run", Path.Combine(host.Folder, "no-such.toml"), "--out", host.Folder);
        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains("no-such.toml", host.Error);
        Assert.Empty(Directory.GetFileSystemEntries(host.Folder));
    }

    [Fact]
    public async Task Malformed_toml_names_file_line_and_column()
    {
        using var host = new HostFixture();
        string file = host.Write("bad.toml", "name = \"x\"\nseed = = 3\n");
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", file));
        Assert.Contains("bad.toml(2,", host.Error);
        Assert.DoesNotContain("   at ", host.Error);
    }

    [Fact]
    public async Task An_unknown_key_gets_the_nearest_name()
    {
        using var host = new HostFixture();
        string text = await File.ReadAllTextAsync(Repository.Experiment("quickstart.toml"), TestContext.Current.CancellationToken);
        string file = host.Write("typo.toml", text.Replace("mask_ratio", "mask_ration", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("run", file, "--out", host.Folder));
        Assert.Contains("mask_ration", host.Error);
        Assert.Contains("mask_ratio'", host.Error);
    }

    [Fact]
    public async Task An_unknown_plugin_gets_a_list_of_those_that_exist()
    {
        using var host = new HostFixture();
        string text = await File.ReadAllTextAsync(Repository.Experiment("quickstart.toml"), TestContext.Current.CancellationToken);
        string file = host.Write("plugin.toml", text.Replace("\"vit3d\"", "\"vit4d\"", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("run", file, "--out", host.Folder));
        Assert.Contains("vit3d", host.Error);
    }

    [Fact]
    public async Task An_unknown_option_is_bad_usage()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("run", "x.toml", "--no-such-option"));
        Assert.Contains("--no-such-option", host.Error);
    }

    [Fact]
    public async Task A_folder_with_no_images_is_bad_data()
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        int code = await host.RunAsync("run", Repository.Experiment("real-ct.toml"), "--out", Path.Combine(host.Folder, "runs"), "--device", "cpu");
        Assert.Equal(ExitCodes.BadData, code);
        Assert.Contains(host.Folder, host.Error);
        Assert.DoesNotContain("   at ", host.Error);
    }
}

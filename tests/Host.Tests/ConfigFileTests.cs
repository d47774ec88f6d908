using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary>Files, what they extend, and overrides: errors with file, line and column.</summary>
public sealed class ConfigFileTests
{
    [Fact]
    public async Task An_error_names_file_line_and_column()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("steps = 4", "steps = 4\nmask_ration = 0.5", StringComparison.Ordinal);
        int line = Array.FindIndex(text.Split('\n'), one => one.StartsWith("mask_ration", StringComparison.Ordinal)) + 1;
        string file = host.Write("bad.toml", text);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", file));
        Assert.Contains($"bad.toml({line},1): error HEM021: unknown key 'mask_ration' in [pretrain]; did you mean 'mask_ratio'?", host.Error);
    }

    [Fact]
    public async Task All_errors_of_a_file_are_reported_at_once()
    {
        using var host = new HostFixture();
        string file = host.Write("bad.toml", Samples.Tiny.Replace("num_heads = 2\npatch", "num_heads = 5\npatch", StringComparison.Ordinal)
            .Replace("plugin = \"unetr\"", "plugin = \"untr\"", StringComparison.Ordinal).Replace("overlap = 0.25", "overlap = 1.5", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", file));
        Assert.Contains("HEM013", host.Error);
        Assert.Contains("HEM020", host.Error);
        Assert.Contains("did you mean 'unetr'?", host.Error);
        Assert.Contains("HEM012", host.Error);
    }

    [Fact]
    public async Task A_file_extends_another_and_overrides_take_precedence()
    {
        using var host = new HostFixture();
        host.Write("base.toml", Samples.Tiny);
        string file = host.Write("more.toml", "extends = \"base.toml\"\n[pretrain]\nmask_ratio = 0.6\n");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--dry-run", "--set", "pretrain.steps=9", "--set", "name=other"));
        Assert.Contains("mask_ratio = 0.6", host.Output);
        Assert.Contains("steps = 9", host.Output);
        Assert.Contains("name = \"other\"", host.Output);
    }

    [Theory]
    [InlineData("HEM003", "extends = \"nothing.toml\"")]
    [InlineData("HEM003", "extends = \"self.toml\"")]
    [InlineData("HEM004", "name = \"a\"\nname = \"b\"")]
    [InlineData("HEM030", "name = \"a\"\n[encoder]\nplugin = \"vit3d\"\nembed_dim = 24\nnum_heads = 2")]
    public async Task Every_error_of_a_file_has_an_id(string id, string text)
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", host.Write("self.toml", text)));
        Assert.True(host.Error.Contains(id, StringComparison.Ordinal) || (id == "HEM004" && host.Error.Contains("HEM001", StringComparison.Ordinal)), host.Error);
    }

    [Theory]
    [InlineData("pretrain.mask_ration=0.5", "HEM021")]
    [InlineData("pretrain.mask_ratio=2", "HEM012")]
    [InlineData("nothing", "HEM005")]
    public async Task An_override_is_checked_like_the_file(string set, string id)
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", host.Write("tiny.toml", Samples.Tiny), "--set", set));
        Assert.Contains(id, host.Error);
    }

    [Fact]
    public async Task An_option_without_effect_is_a_warning()
    {
        using var host = new HostFixture();
        string file = host.Write("tiny.toml", Samples.Tiny.Replace("[\"scratch\", \"pretrain\"]", "[\"scratch\"]", StringComparison.Ordinal));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", file));
        Assert.Contains("warning HEM041", host.Error);
    }

    [Fact]
    public async Task A_named_dataset_is_filled_in()
    {
        using var host = new HostFixture();
        string text = Samples.Folder.Replace("plugin = \"nifti-folder\"\nroot = \"scans\"\nimages = [\"*.nii.gz\"]", "dataset = \"abdomens\"", StringComparison.Ordinal)
            + "\n[datasets.abdomens]\nplugin = \"phantom\"\nseed = 77\n";
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("named.toml", text), "--dry-run"));
        Assert.Contains("seed = 77", host.Output);
    }

    [Fact]
    public async Task A_variable_that_is_not_set_is_named()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("validate", host.Write("env.toml", Samples.Folder.Replace("\"scans\"", "\"${env:NO_SUCH_FOLDER}\"", StringComparison.Ordinal))));
        Assert.Contains("HEM016", host.Error);
        Assert.Contains("NO_SUCH_FOLDER", host.Error);
    }

    [Theory]
    [InlineData("run")]
    [InlineData("sweep")]
    [InlineData("flops")]
    public async Task A_partial_file_is_checked_but_not_run(string command)
    {
        using var host = new HostFixture();
        string part = host.Write("_part.toml", "[pretrain]\nmask_ratio = 0.6\n[sweep]\nseed = [1, 2]\n");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", part));
        Assert.Contains("(a partial file, to be extended)", host.Output);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(command, part));
        Assert.Contains("HEM033", host.Error);
    }
}

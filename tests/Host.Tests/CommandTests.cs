using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

public sealed class CommandTests
{
    [Theory]
    [InlineData("quickstart.toml")]
    [InlineData("real-ct.toml")]
    public async Task Shipped_experiments_are_valid(string name)
    {
        using var host = new HostFixture();
        host.Variables["HIENDMAE_DATA"] = host.Folder;
        int code = await host.RunAsync("validate", Repository.Experiment(name));
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
    }

    [Theory]
    [InlineData("kind = \"sgd\"\nbeta2 = 0.95", "'beta2' in [pretrain.optimizer]: has no effect with kind = \"sgd\"")]
    [InlineData("momentum = 0.9", "'momentum' in [pretrain.optimizer]: has no effect with kind = \"adamw\"")]
    public async Task A_key_of_the_other_optimiser_gives_a_warning(string keys, string expected)
    {
        using var host = new HostFixture();
        string tiny = Samples.Tiny.Contains("[pretrain.optimizer]", StringComparison.Ordinal)
            ? Samples.Tiny.Replace("[pretrain.optimizer]", "[pretrain.optimizer]\n" + keys, StringComparison.Ordinal)
            : Samples.Tiny + "\n[pretrain.optimizer]\n" + keys + "\n";
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", host.Write("tiny.toml", tiny)));
        Assert.Contains(expected, host.Output + host.Error);
    }

    [Fact]
    public async Task Plugins_lists_every_shipped_component()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "--json"));
        string[] names = [.. JsonNode.Parse(host.Output)!["components"]!.AsArray().Select(component => (string)component!["plugin"]!)];
        Assert.Superset(new HashSet<string> { "vit3d", "mae", "hi-end-mae", "unetr", "phantom", "nifti-folder" }, names.ToHashSet());
    }

    [Fact]
    public async Task Plugins_describes_the_keys_of_one()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("plugins", "vit3d"));
        Assert.Contains("embed_dim", host.Output);
        Assert.Contains("Token width", host.Output);
    }

    [Fact]
    public async Task Schema_is_json()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("schema"));
        Assert.NotNull(JsonNode.Parse(host.Output)!["$schema"]);
    }

    [Fact]
    public async Task Dry_run_prints_the_plan_and_touches_nothing()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs");
        int code = await host.RunAsync("run", Repository.Experiment("quickstart.toml"), "--dry-run", "--json", "--out", runs, "--set", "pretrain.mask_ratio=0.9");
        Assert.Equal(ExitCodes.Done, code);
        JsonNode plan = JsonNode.Parse(host.Output)!;
        Assert.Contains("mask_ratio = 0.9", (string)plan["config"]!);
        string[] stages = [.. plan["stages"]!.AsArray().Select(stage => (string)stage!["name"]!)];
        Assert.Equal(["pretrain", "finetune-scratch", "evaluate-scratch", "finetune-pretrain", "evaluate-pretrain"], stages);
        Assert.True((long)plan["stages"]![0]!["parameters"]! > 500_000);
        Assert.False(Directory.Exists(runs));
    }
}

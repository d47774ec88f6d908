using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

public sealed class BenchTests
{
    [Theory]
    [InlineData("pretrain")]
    [InlineData("finetune")]
    public async Task Bench_times_a_step_without_data(string stage)
    {
        using var host = new HostFixture();
        int code = await host.RunAsync(
            "bench", Repository.Experiment("quickstart.toml"), "--stage", stage, "--steps", "2", "--json",
            "--set", "finetune.data.crop=24", "--set", "pretrain.data.crop=24", "--set", "encoder.embed_dim=48");
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
        JsonNode report = JsonNode.Parse(host.Output)!;
        double step = (double)report["step_seconds"]!, parts = (double)report["forward_seconds"]! + (double)report["backward_seconds"]! + (double)report["optimizer_seconds"]!;
        Assert.InRange(step, parts * 0.5, parts * 2);
        Assert.InRange((double)report["model_flops_utilization"]!, 1e-6, 1.5);
        Assert.Equal((double)report["step_gflop"]! / step / (double)report["matmul_gflops"]!, (double)report["model_flops_utilization"]!, 1e-6);
        Assert.Equal(0, (long)report["tensor_growth"]!);
        Assert.True((long)report["peak_resident_bytes"]! >= (long)report["resident_bytes"]!);
        Assert.True(double.IsFinite((double)report["last_loss"]!));
    }

    [Fact]
    public async Task A_profile_lists_operators_by_cost()
    {
        using var host = new HostFixture();
        string[] call = ["bench", Repository.Experiment("quickstart.toml"), "--stage", "finetune", "--steps", "2", "--profile"];
        Assert.Equal(ExitCodes.Done, await host.RunAsync([.. call, "--json"]));
        JsonArray operators = JsonNode.Parse(host.Output)!["operators"]!.AsArray();
        double[] own = [.. operators.Select(one => (double)one!["own_seconds"]!)];
        Assert.Equal(own.OrderDescending(), own);
        Assert.All(operators, one => Assert.True((double)one!["whole_seconds"]! >= (double)one["own_seconds"]!));
        Assert.Contains(operators, one => (string)one!["name"]! == "aten::mm" && (string)one["shapes"]! != "");
        Assert.Equal(ExitCodes.Done, await host.RunAsync(call));
        Assert.Contains("aten::mm", host.Output);
    }

    [Fact]
    public async Task A_key_is_varied_in_processes_of_their_own()
    {
        string plot = Path.Combine(Path.GetTempPath(), $"hiendmae-scale-{Guid.NewGuid():N}.svg");
        using var host = new HostFixture();
        int code = await host.RunAsync(
            "bench", Repository.Experiment("quickstart.toml"), "--stage", "pretrain", "--steps", "1", "--vary", "pretrain.mask_ratio=0.5,0.75", "--vary", "pretrain.data.crop=[16, 16, 16],[32, 32, 32]",
            "--plot", plot, "--json");
        Assert.Equal("", host.Error);
        Assert.Equal(ExitCodes.Done, code);
        JsonNode[] points = [.. JsonNode.Parse(host.Output)!.AsArray().Select(point => point!)];
        Assert.Equal(["0.5", "0.75", "[16, 16, 16]", "[32, 32, 32]"], points.Select(point => (string)point["value"]!));
        double[] work = [.. points.Select(point => (double)point["measured"]!["step_gflop"]!)];
        Assert.True(work[1] < work[0], "A larger mask ratio leaves the encoder less to do.");
        Assert.True(work[3] > 6 * work[2], "A crop of twice the edge has eight times as many tokens.");
        string picture = await File.ReadAllTextAsync(plot, TestContext.Current.CancellationToken);
        Assert.Contains("memory by pretrain.mask_ratio", picture);
        Assert.Contains(">operations</text>", picture);
        Assert.DoesNotContain("var(", picture, StringComparison.Ordinal);
        File.Delete(plot);
    }

    [Theory]
    [InlineData("write KEY=VALUE,VALUE", "--vary", "pretrain.mask_ratio=0.5")]
    [InlineData("write KEY=VALUE,VALUE", "--vary", "=0.5,0.75")]
    [InlineData("exclude each other", "--vary", "pretrain.mask_ratio=0.5,0.75", "--profile")]
    [InlineData("--plot needs --vary", "--plot", "x.svg")]
    [InlineData("mask_ratio", "--vary", "pretrain.mask_ratio=0.5,7")]
    public async Task A_wrong_variation_is_refused(string message, params string[] options)
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(["bench", Repository.Experiment("quickstart.toml"), "--stage", "pretrain", "--steps", "1", .. options]));
        Assert.Contains(message, host.Error);
    }

    [Fact]
    public async Task Bench_of_a_missing_stage_is_an_error()
    {
        using var host = new HostFixture();
        string file = Path.Combine(Path.GetDirectoryName(Repository.Experiment("quickstart.toml"))!, "bench", "hi-end-mae-vitb16-768.toml");
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("bench", file, "--stage", "finetune"));
        Assert.Contains("no [finetune]", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("bench", file, "--steps", "0"));
    }
}

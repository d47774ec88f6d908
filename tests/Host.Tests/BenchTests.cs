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
    public async Task Bench_of_a_missing_stage_is_an_error()
    {
        using var host = new HostFixture();
        string file = Path.Combine(Path.GetDirectoryName(Repository.Experiment("quickstart.toml"))!, "bench", "hi-end-mae-vitb16-768.toml");
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("bench", file, "--stage", "finetune"));
        Assert.Contains("no [finetune]", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("bench", file, "--steps", "0"));
    }
}

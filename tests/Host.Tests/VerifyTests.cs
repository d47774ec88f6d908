using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Tests;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Host.Tests;

/// <summary>Every golden of the folder named by HIENDMAE_GOLDENS, or of the project's own, by the command that users have.</summary>
public sealed class VerifyTests
{
    private static readonly string Shipped = Path.Combine(Repository.Root, "tests", "Plugins.Tests", "goldens");

    [Fact]
    public async Task Every_golden_is_reproduced()
    {
        using var host = new HostFixture();
        string folder = Environment.GetEnvironmentVariable("HIENDMAE_GOLDENS") ?? Shipped;
        int code = await host.RunAsync("verify", folder, "--device", "cpu", "--json");
        Assert.True(code == ExitCodes.Done, host.Output + host.Error);
        JsonArray all = JsonNode.Parse(host.Output)!.AsArray();
        Assert.Contains(all, one => one!["compared"]!.GetValue<bool>());
        if (folder == Shipped) Assert.Equal(7, all.Count);
    }

    [CudaFact]
    public async Task Every_golden_is_reproduced_on_a_GPU()
    {
        using var host = new HostFixture();
        int code = await host.RunAsync("verify", Shipped, "--device", "cuda", "--json");
        Assert.True(code == ExitCodes.Done, host.Output + host.Error);
    }

    [Fact]
    public async Task The_program_ships_goldens_of_models_metrics_and_optimisers()
    {
        using var host = new HostFixture();
        string folder = Path.Combine(Path.GetDirectoryName(Repository.Plugins)!, "goldens");
        foreach (string name in (string[])["losses_metrics_sliding", "optimizers_schedules"])
            File.Copy(Path.Combine(folder, name + ".safetensors"), Path.Combine(host.Folder, name + ".safetensors"));
        int code = await host.RunAsync("verify", host.Folder, "--device", "cpu", "--json");
        Assert.True(code == ExitCodes.Done, host.Output + host.Error);
        JsonArray all = JsonNode.Parse(host.Output)!.AsArray();
        Assert.Equal([8, 8], all.Select(one => one!["deviations"]!.AsArray().Count));
        Assert.True(File.Exists(Path.Combine(folder, "hiendmae_patch8.safetensors")));
    }

    [Fact]
    public async Task A_difference_from_a_golden_is_reported()
    {
        using var host = new HostFixture();
        using (DisposeScope scope = NewDisposeScope())
        {
            using WeightFile file = WeightFile.Open(Path.Combine(Shipped, "mae_patch8.safetensors"));
            Dictionary<string, Tensor> tensors = file.Entries.ToDictionary(entry => entry.Name, file.Read);
            tensors["loss"] = tensors["loss"] * 1.001f;
            Safetensors.Write(Path.Combine(host.Folder, "changed.safetensors"), tensors, file.Metadata);
        }
        Assert.Equal(ExitCodes.Failed, await host.RunAsync("verify", host.Folder, "--device", "cpu"));
        Assert.Contains("EXCEEDED", host.Output);
    }

    [Fact]
    public async Task A_golden_that_fits_no_model_is_one_clear_error()
    {
        using var host = new HostFixture();
        using (DisposeScope scope = NewDisposeScope())
        {
            using WeightFile file = WeightFile.Open(Path.Combine(Shipped, "mae_patch8.safetensors"));
            Dictionary<string, Tensor> tensors = file.Entries.Where(entry => entry.Name != "weights.mask_token").ToDictionary(entry => entry.Name, file.Read);
            Safetensors.Write(Path.Combine(host.Folder, "lacking.safetensors"), tensors, file.Metadata);
        }
        Assert.Equal(ExitCodes.BadData, await host.RunAsync("verify", host.Folder, "--device", "cpu"));
        Assert.Contains("lacking.safetensors", host.Error);
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("verify", Path.Combine(host.Folder, "nothing")));
    }

    [Fact]
    public async Task A_golden_that_cannot_be_compared_fails()
    {
        using var host = new HostFixture();
        using (DisposeScope scope = NewDisposeScope())
            Safetensors.Write(Path.Combine(host.Folder, "strange.safetensors"), new Dictionary<string, Tensor> { ["x"] = ones(1) }, new Dictionary<string, string> { ["kind"] = "horoscope" });
        Assert.Equal(ExitCodes.Failed, await host.RunAsync("verify", host.Folder, "--device", "cpu", "--json"));
        JsonNode one = Assert.Single(JsonNode.Parse(host.Output)!.AsArray())!;
        Assert.Equal((false, false), (one["compared"]!.GetValue<bool>(), one["within"]!.GetValue<bool>()));
        Assert.Contains("'horoscope'", one["problem"]!.GetValue<string>());
        Assert.Contains("strange.safetensors", host.Error);
    }

    [Fact]
    public async Task Weights_are_inspected_and_converted()
    {
        using var host = new HostFixture();
        string source = Path.Combine(Shipped, "transfer_patch12.pth"), target = Path.Combine(host.Folder, "own.safetensors");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("inspect", source));
        Assert.Contains("encoder.blocks.11.mlp.fc2.weight", host.Output);
        Assert.Contains("names: official", host.Output);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("convert", source, target, "--names", "own"));
        using var second = new HostFixture();
        Assert.Equal(ExitCodes.Done, await second.RunAsync("inspect", target, "--json"));
        Assert.Equal("own", JsonNode.Parse(second.Output)!["names"]!.GetValue<string>());
        Assert.Equal(ExitCodes.BadData, await second.RunAsync("inspect", Path.Combine(host.Folder, "no-such.pth")));
    }
}

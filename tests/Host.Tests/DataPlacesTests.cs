using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary>From an auto-encoder of whole cases to words, and from words to a pre-training.</summary>
public sealed class DataPlacesTests
{
    [Fact]
    public async Task Words_are_found_with_an_auto_encoder_and_trained_on()
    {
        using var host = new HostFixture();
        string first = host.Write("whole.toml", Experiment("whole", "plugin = \"models-genesis\"\nflip_probability = 0.0\nshuffle_probability = 0.0\nbend_probability = 0.0\npaint_probability = 0.0", "resize = 16"));
        string second = host.Write("words.toml", Experiment("words", "plugin = \"transvw\"\nnum_words = 2\nword_cases = 2\nword_border = 0\nclass_channels = 4", "spacing_mm = 12.0"));
        string runs = Path.Combine(host.Folder, "runs"), words = Path.Combine(host.Folder, "words.json");
        Assert.True(await host.RunAsync("run", first, "--out", runs) == ExitCodes.Done, host.Error);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "whole")));
        Assert.True(await host.RunAsync("data", "places", second, "--model", run, "--places", words) == ExitCodes.Done, host.Error);
        Assert.Contains("12 places of 2 classes", host.Output);
        JsonArray places = JsonNode.Parse(await File.ReadAllTextAsync(words, TestContext.Current.CancellationToken))!["places"]!.AsArray();
        Assert.All(places, place => Assert.StartsWith("phantom-pretraining-", (string)place!["case"]!));
        Assert.True(await host.RunAsync("run", second, "--out", runs, "--set", $"pretrain.decoder.words={words}") == ExitCodes.Done, host.Error);
    }

    [Fact]
    public async Task A_task_that_chooses_no_places_and_a_model_of_crops_are_refused()
    {
        using var host = new HostFixture();
        string first = host.Write("crops.toml", Experiment("crops", "plugin = \"models-genesis\"", "spacing_mm = 12.0")), runs = Path.Combine(host.Folder, "runs");
        string second = host.Write("words.toml", Experiment("words", "plugin = \"transvw\"", "spacing_mm = 12.0"));
        Assert.True(await host.RunAsync("run", first, "--out", runs) == ExitCodes.Done, host.Error);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "crops")));
        Assert.NotEqual(ExitCodes.Done, await host.RunAsync("data", "places", first, "--model", run));
        Assert.Contains("chooses no places", host.Error);
        Assert.NotEqual(ExitCodes.Done, await host.RunAsync("data", "places", second, "--model", run));
        Assert.Contains("resize", host.Error);
    }

    private static string Experiment(string name, string task, string grid) => $"""
        name = "{name}"
        device = "cpu"

        [encoder]
        plugin = "unet3d"
        widths = [4, 8]

        [pretrain]
        steps = 1

        [pretrain.decoder]
        {task}

        [pretrain.data]
        plugin = "phantom"
        grid = 24
        voxel_mm = 12.0
        {grid}
        num_pretraining = 3
        crop = 16
        volumes = 2
        crops_per_volume = 1
        """;
}

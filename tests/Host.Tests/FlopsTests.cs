using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

public sealed class FlopsTests
{
    [Fact]
    public async Task The_decoders_of_tables_6_and_7_cost_what_the_paper_says()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("flops", Repository.Experiment("paper/table7.toml"), "--json"));
        JsonArray all = JsonNode.Parse(host.Output)!.AsArray();
        Assert.Equal(
            [("ViT-B/16(768)", 0, 3.51m), ("ViT-B/16(768)", 3, 2.38m), ("ViT-B/16(1536)", 0, 6.41m), ("ViT-B/16(1536)", 3, 4.39m),
             ("ViT-B/12(1536)", 0, 16.44m), ("ViT-B/12(1536)", 1, 14.52m), ("ViT-B/12(1536)", 2, 12.61m), ("ViT-B/12(1536)", 3, 10.69m)],
            all.Select(one => (one!["encoder"]!.GetValue<string>(), one["dense_stages"]!.GetValue<int>(), one["decoder_gflops_paper"]!.GetValue<decimal>())));
        // Counting everything: 16.55 to 12.16 for the largest.
        Assert.Equal([16.55m, 12.16m], new[] { all[4], all[7] }.Select(one => one!["decoder_gflops_all"]!.GetValue<decimal>()));
    }

    [Fact]
    public async Task No_data_and_no_variables_are_needed()
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync("flops", Repository.Experiment("real-ct.toml")));
        Assert.Contains("head.decoder2", host.Output);
        Assert.Contains("ViT-B/6(96)", host.Output);
    }

    [Theory]
    [InlineData("encoder.embed_dim=100", "HEM013")]
    [InlineData("pretrain.data.crop=50", "HEM023")]
    public async Task An_invalid_model_is_refused(string set, string id)
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync("flops", Repository.Experiment("quickstart.toml"), "--set", set, "--set", "encoder.num_heads=8"));
        Assert.Contains(id, host.Error);
    }
}

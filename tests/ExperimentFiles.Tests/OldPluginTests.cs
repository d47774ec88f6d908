using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>A plugin that was built against an older minor version of the contract still runs.</summary>
public sealed class OldPluginTests : IDisposable
{
    // An encoder, a pretext task, a head and a dataset, built from samples/plugin with the packages of contract 1.0 (commit d0a33b7).
    private static readonly string Old = Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "plugins", "contract-1.0");
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-old-").FullName;

    [Fact]
    public async Task A_plugin_of_contract_1_0_is_listed_and_trains()
    {
        var variables = new Dictionary<string, string> { ["HIENDMAE_PLUGINS"] = Old, ["OMP_NUM_THREADS"] = "1" };
        using (var listing = new ProgramProcess(variables, "plugins", "--json"))
        {
            (int listed, string plugins, string listingError) = await listing.End();
            Assert.True(listed == ExitCodes.Done, listingError);
            Assert.Contains("\"contract\": \"1.0\"", plugins);
        }
        string file = Path.Combine(folder, "old.toml");
        await File.WriteAllTextAsync(file, """
            name = "old"
            device = "cpu"
            [encoder]
            plugin = "old-mlp"
            embed_dim = 24
            [pretrain]
            steps = 2
            [pretrain.decoder]
            plugin = "old-brightness"
            [pretrain.data]
            plugin = "old-spheres"
            crop = 16
            [finetune]
            steps = 2
            [finetune.head]
            plugin = "old-nearest"
            [finetune.data]
            plugin = "old-spheres"
            crop = 16
            [tracking]
            enabled = false
            """, TestContext.Current.CancellationToken);
        using var run = new ProgramProcess(variables, "run", file, "--out", Path.Combine(folder, "runs"));
        (int code, string output, string error) = await run.End();
        Assert.True(code == ExitCodes.Done, output + error);
        Assert.Single(Directory.GetFiles(Path.Combine(folder, "runs"), "results.json", SearchOption.AllDirectories));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}

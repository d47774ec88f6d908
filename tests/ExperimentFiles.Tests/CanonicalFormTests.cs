using CsCheck;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Generators.Tests;
using HiEndMae.Host;
using HiEndMae.Host.Tests;
using HiEndMae.Runs.Loading;
using HiEndMae.Sweeps;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Canonical TOML and fingerprints of whole experiments.</summary>
public sealed class CanonicalFormTests
{
    private static readonly PluginCatalog Catalog = PluginCatalog.Load(Repository.Plugins);
    private static readonly IReadOnlyList<ComponentDescriptor> Components = Catalog.Components;

    [Fact]
    public void Random_experiments_survive_a_round_trip_through_TOML() => new RandomConfig(Components).Table(ExperimentConfig.Schema).Sample(
        table =>
        {
            ConfigTable written = Read(table).ToTable();
            string toml = TomlText.Document(written);
            ConfigTable parsed = TomlReader.Read(toml, "", error => throw new InvalidOperationException(error.ToString()))!;
            ConfigTable again = Read(parsed).ToTable();
            return RandomConfig.Holds(written, table) && TomlText.Document(again) == toml && Fingerprint(again) == Fingerprint(written);
        }, iter: 10_000);

    [Fact]
    public void Every_value_that_can_change_a_result_changes_the_fingerprint() => new RandomConfig(Components).Table(ExperimentConfig.Schema).Sample(
        table =>
        {
            ConfigTable written = Read(table).ToTable();
            string before = Fingerprint(written);
            foreach ((string[] path, ConfigScalar value, bool ignored) in Leaves(written, ExperimentConfig.Schema, [], false))
            {
                string after = Fingerprint(ConfigTree.Set(written, path, Other(value)));
                if ((after == before) != ignored) throw new InvalidOperationException($"{string.Join(".", path)} ignored={ignored}");
            }
        }, iter: 100);

    [Theory]
    [InlineData("seed = 7", "seed = 0x7")]
    [InlineData("[pretrain.optimizer]\nlr = 0.001\nbeta2 = 0.95", "# a comment\n[pretrain.optimizer]\nbeta2 = 9.5e-1\nlr = 1e-3")]
    [InlineData("[pretrain.data]\ncrop = 56", "[pretrain.data]\ncrop = [56, 56, 56]")]
    [InlineData("[pretrain]\nmask_ratio = 0.5", "pretrain.mask_ratio = 5_0e-2")]
    [InlineData("description = \"one\"", "description = 'another'")]
    [InlineData("[pretrain]\nlog_every = 5", "[pretrain]\nlog_every = 6")]
    public async Task Notation_order_and_comments_do_not_change_the_fingerprint(string one, string other) => Assert.Equal(await FingerprintOf(one), await FingerprintOf(other));

    [Theory]
    [InlineData("seed = 7", "seed = 8")]
    [InlineData("[pretrain.optimizer]\nlr = 0.001", "[pretrain.optimizer]\nlr = 0.0011")]
    [InlineData("[pretrain.data]\nseed = 1", "[pretrain.data]\nseed = 2")]
    [InlineData("[encoder]\nmlp_ratio = 2", "[encoder]\nmlp_ratio = 3")]
    public async Task Values_change_the_fingerprint(string one, string other) => Assert.NotEqual(await FingerprintOf(one), await FingerprintOf(other));

    [Fact]
    public async Task The_resolved_file_of_a_run_is_the_same_experiment()
    {
        using var host = new HostFixture();
        string file = host.Write("experiment.toml", Right);
        var loader = new ExperimentLoader(Catalog, _ => null);
        LoadedExperiment first = Assert.Single(loader.Load(file, []).Experiments);
        LoadedFile resolved = loader.Load(host.Write("again.toml", JsonSchemaWriter.Reference + first.ResolvedToml), []);
        // It says every key, defaults too: none of them is an option without effect.
        Assert.Empty(resolved.Diagnostics);
        LoadedExperiment second = Assert.Single(resolved.Experiments);
        Assert.Equal((first.Fingerprint, first.ResolvedToml), (second.Fingerprint, second.ResolvedToml));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", file));
    }

    [Fact]
    public void The_files_that_a_sweep_writes_for_its_stages_are_valid()
    {
        using var host = new HostFixture();
        var loader = new ExperimentLoader(Catalog, _ => "/data");
        var store = new StageStore(host.Folder);
        var files = new HashSet<string>(StringComparer.Ordinal);
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Root, "experiments"), "*.toml", SearchOption.AllDirectories).Where(file => !ExperimentChecker.IsPart(file)))
        {
            SweepGraph graph = SweepGraph.Of(loader.Load(file, []).Experiments, Catalog);
            // A stage that starts from another is written when that one has run; from scratch it has the same keys.
            foreach (SweepStage stage in graph.Stages) files.Add(store.Prepare(stage with { Before = null, Config = Alone(stage.Config) }, null, _ => null));
        }
        Assert.NotEmpty(files);
        Assert.Empty(files.SelectMany(file => loader.Load(file, []).Diagnostics));

        static ExperimentConfig Alone(ExperimentConfig config) => config.Finetune is null ? config : config with { Finetune = config.Finetune with { Init = ["scratch"] } };
    }

    private static string Right => File.ReadAllText(Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "corpus", "_right.toml"));

    private static async Task<string> FingerprintOf(string text)
    {
        using var host = new HostFixture();
        host.Write("_right.toml", Right);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("validate", host.Write("example.toml", "extends = \"_right.toml\"\n" + text), "--json"));
        return System.Text.Json.Nodes.JsonNode.Parse(host.Output)![0]!["fingerprint"]!.GetValue<string>();
    }

    private static ExperimentConfig Read(ConfigTable table) => ExperimentConfig.Read(table, new BindContext(Components, _ => null));

    private static string Fingerprint(ConfigTable table) => ConfigFingerprint.Of(table, ExperimentConfig.Schema, Components);

    private static IEnumerable<(string[] Path, ConfigScalar Value, bool Ignored)> Leaves(ConfigTable table, SectionSchema schema, string[] path, bool ignored)
    {
        KeySchema? inline = schema.Keys.FirstOrDefault(key => key.Inline);
        KeySchema[] keys = [.. schema.Keys.Where(key => !key.Inline), .. inline is null ? [] : Components.Find(inline.Slot!.Value, table.PluginName)!.Schema.Keys];
        foreach (KeySchema key in keys)
        {
            bool leftOut = ignored || key.IgnoredByFingerprint;
            string[] here = [.. path, key.Name];
            if (table.Find(key.Name) is ConfigScalar scalar) yield return (here, scalar, leftOut);
            if (table.Find(key.Name) is not ConfigTable below || key.IsDictionary) continue;
            SectionSchema nested = key.Section ?? Components.Find(key.Slot!.Value, below.PluginName)!.Schema;
            foreach ((string[], ConfigScalar, bool) leaf in Leaves(below, nested, here, leftOut)) yield return leaf;
        }
    }

    private static ConfigScalar Other(ConfigScalar scalar) => scalar with
    {
        Value = scalar.Value switch { long number => number == 0 ? 1L : number - 1, double number => number == 0 ? 1.0 : number / 2, bool flag => !flag, string text => text + "x", object other => other },
    };
}

using HiEndMae.Host.Tests;
using HiEndMae.Runs.Loading;
using HiEndMae.Sweeps;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>A result belongs to the code that computed it: another build of a plugin is another stage.</summary>
public sealed class PluginChangeTests : IDisposable
{
    private const string Sweep = "\n[sweep]\n\"pretrain.mask_ratio\" = [0.5, 0.75]\n";
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-changes-").FullName;

    [Fact]
    public void A_changed_plugin_changes_the_keys_of_stages_and_a_rebuild_of_the_same_source_does_not()
    {
        IReadOnlyList<SweepStage> first = Stages(WrongPluginTests.Source), same = Stages(WrongPluginTests.Source), other = Stages(Changed);
        Assert.Equal(first.Select(stage => stage.Key), same.Select(stage => stage.Key));
        Assert.All(first.Zip(other), pair => Assert.NotEqual(pair.First.Key, pair.Second.Key));
        Assert.Equal(first.Select(stage => stage.ConfigKey), other.Select(stage => stage.ConfigKey));
        Assert.Equal(first.Count, first.Select(stage => stage.ConfigKey).Distinct().Count());
    }

    [Fact]
    public void A_finished_stage_of_another_build_is_used_only_where_that_is_accepted()
    {
        SweepStage first = Stages(WrongPluginTests.Source)[0], other = Stages(Changed)[0];
        var store = new StageStore(folder);
        store.Prepare(first, null, _ => null);
        string run = Directory.CreateDirectory(Path.Combine(store.FolderOf(first), "right", "20260102-030405-01234567")).FullName;
        File.WriteAllText(Path.Combine(run, "fingerprint.txt"), "01234567\n");
        File.WriteAllText(Path.Combine(run, "results.json"), "{}");

        Assert.Equal(StageStatus.Done, store.StatusOf(first));
        Assert.Equal(StageStatus.Missing, store.StatusOf(other));
        Assert.Equal(StageStatus.Done, new StageStore(folder, acceptOtherCode: true).StatusOf(other));
    }

    [Fact]
    public void Changes_are_reported_per_plugin_with_version_and_checksum()
    {
        CodeIdentity first = Stages(WrongPluginTests.Source)[0].Code, other = Stages(Changed)[0].Code;
        string change = Assert.Single(other.ChangesSince(first));
        Assert.Matches(@"^plugin Foreign: 0\.0\.0\.0 \(SHA-256 [0-9a-f]{12}\) -> 0\.0\.0\.0 \(SHA-256 [0-9a-f]{12}\)$", change);
        Assert.Empty(first.ChangesSince(first));
        Assert.Contains("HiEndMae.Plugins.Encoders", first.Plugins.Select(plugin => plugin.Name));
        Assert.DoesNotContain("HiEndMae.Plugins.Heads", first.Plugins.Select(plugin => plugin.Name));

        File.WriteAllText(Path.Combine(folder, CodeIdentity.FileName), first.ToJson());
        Assert.Empty(first.ChangesSince(CodeIdentity.Read(folder)!));
        Assert.Equal("numerics of the program: version 0 -> " + first.Numerics, Assert.Single(first.ChangesSince(first with { Numerics = 0 })));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Changed => WrongPluginTests.Source.Replace("\"organ\"", "\"liver\"", StringComparison.Ordinal);

    private IReadOnlyList<SweepStage> Stages(string source)
    {
        using var workshop = new PluginWorkshop();
        workshop.Add("Foreign", source);
        PluginCatalog catalog = PluginCatalog.Load(workshop.Folder);
        string file = Path.Combine(folder, "sweep.toml");
        File.WriteAllText(file, WrongPluginTests.Naming + Sweep);
        LoadedFile loaded = new ExperimentLoader(catalog, _ => null).Load(file, []);
        Assert.True(loaded.IsValid, string.Join('\n', loaded.Diagnostics));
        return SweepGraph.Of(loaded.Experiments, catalog).Stages;
    }
}

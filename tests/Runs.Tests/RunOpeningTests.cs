using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Tests;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Runs.Tests;

/// <summary>Which run directory an experiment gets, with and without <c>--resume</c>.</summary>
public sealed class RunOpeningTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly ManualClock clock = new() { Now = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero) };
    private readonly List<string> said = [];

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Without_resume_every_run_is_a_new_one()
    {
        LoadedExperiment experiment = Assert.Single(folder.Load());
        RunDirectory first = Open(experiment, resume: false), second = Open(experiment, resume: false);
        Assert.Equal($"20260102-030405-{experiment.Fingerprint[..8]}", first.RunId);
        Assert.Equal(first.RunId + "-2", second.RunId);
        Assert.Equal([experiment.Fingerprint], first.Fingerprints);
        Assert.Empty(said);
    }

    [Fact]
    public void Resume_continues_the_newest_unfinished_run_of_the_same_config()
    {
        LoadedExperiment experiment = Assert.Single(folder.Load());
        Start(experiment);
        clock.Now += TimeSpan.FromHours(1);
        RunDirectory second = Start(experiment);
        clock.Now += TimeSpan.FromHours(1);
        Start(experiment).Write("results.json", "{}");
        Assert.Equal(second.FullPath, Open(experiment, resume: true).FullPath);
        Assert.Empty(said);
    }

    [Fact]
    public void Resume_without_an_unfinished_run_starts_a_new_one_and_says_so()
    {
        LoadedExperiment experiment = Assert.Single(folder.Load());
        Start(experiment).Write("results.json", "{}");
        Assert.EndsWith("-2", Open(experiment, resume: true).RunId);
        Assert.Equal(["there is no unfinished run to continue; starting a new one"], said);
    }

    [Fact]
    public void A_changed_config_is_refused_with_its_changes()
    {
        RunDirectory run = Start(Assert.Single(folder.Load()));
        UserException error = Assert.Throws<UserException>(() => Open(Assert.Single(folder.Load("", "pretrain.steps=8", "pretrain.log_every=2")), resume: true));
        Assert.Contains(run.FullPath, error.Message);
        Assert.Contains("\n  pretrain.steps: 4 -> 8\n", error.Message);
        Assert.Contains("\n  pretrain.log_every: 1 -> 2 (cannot change results)\n", error.Message);
        Assert.Contains("--accept-changes", error.Message);
        Assert.Single(Directory.GetDirectories(Path.GetDirectoryName(run.FullPath)!));
    }

    [Fact]
    public void An_accepted_change_continues_the_run_and_is_recorded()
    {
        LoadedExperiment old = Assert.Single(folder.Load());
        RunDirectory run = Start(old);
        LoadedExperiment now = Assert.Single(folder.Load("", "pretrain.steps=8", "pretrain.log_every=2"));
        Assert.Equal(run.FullPath, Open(now, resume: true, ChangedConfig.Accept).FullPath);
        Assert.Equal([old.Fingerprint, now.Fingerprint], run.Fingerprints);
        Assert.Equal(["pretrain.steps: 4 -> 8"], RunOpening.ChangesOf(run));
        Assert.Equal(["changed: pretrain.log_every: 1 -> 2 (cannot change results)", "changed: pretrain.steps: 4 -> 8 (can change results)"], said);
    }

    [Fact]
    public void Other_code_needs_permission_and_is_recorded()
    {
        LoadedExperiment experiment = Assert.Single(folder.Load());
        RunDirectory run = Start(experiment);
        CodeIdentity code = CodeIdentity.Read(run.FullPath)!;
        run.Write(CodeIdentity.FileName, (code with { Numerics = code.Numerics - 1 }).ToJson());
        Assert.Contains("--accept-plugin-changes", Assert.Throws<UserException>(() => Open(experiment, resume: true)).Message);
        Assert.Equal(run.FullPath, Open(experiment, resume: true, acceptOtherCode: true).FullPath);
        string change = $"numerics of the program: version {code.Numerics - 1} -> {code.Numerics}";
        Assert.Equal([change], RunOpening.CodeChangesOf(run));
        Assert.Equal([$"changed: {change}"], said);
        Assert.Equal(run.FullPath, Open(experiment, resume: true).FullPath);
    }

    [Fact]
    public void A_change_that_cannot_change_results_needs_no_permission()
    {
        RunDirectory run = Start(Assert.Single(folder.Load()));
        Assert.Equal(run.FullPath, Open(Assert.Single(folder.Load("", "pretrain.log_every=2")), resume: true).FullPath);
        Assert.Empty(RunOpening.ChangesOf(run));
    }

    [Fact]
    public void A_combination_of_a_sweep_does_not_touch_runs_of_other_configs()
    {
        RunDirectory run = Start(Assert.Single(folder.Load()));
        Assert.NotEqual(run.FullPath, Open(Assert.Single(folder.Load("", "pretrain.steps=8")), resume: true, ChangedConfig.StartNew).FullPath);
    }

    private RunDirectory Start(LoadedExperiment experiment)
    {
        RunDirectory run = Open(experiment, resume: false);
        run.Write("experiment.toml", experiment.ResolvedToml);
        return run;
    }

    // A process lets go of its run directory when it ends.
    private RunDirectory Open(LoadedExperiment experiment, bool resume, ChangedConfig changes = ChangedConfig.Refuse, bool acceptOtherCode = false)
    {
        RunDirectory run = RunOpening.Open(new RunOptions(folder.FullPath, null, resume, false, false, changes, acceptOtherCode), experiment, folder.Catalog, clock, said.Add);
        run.Dispose();
        return run;
    }
}

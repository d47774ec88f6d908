using HiEndMae.ExperimentFiles.Paper;
using HiEndMae.Reports.Records;
using HiEndMae.Reports.Tables;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Reports;

/// <summary>Builds tables from runs, or from an experiment file and its runs.</summary>
internal static class ReportSource
{
    // Channels and classes do not change the stages of the decoder.
    private const int Channels = 1, Classes = 2;

    /// <summary>Returns an entry for each run of a folder.</summary>
    /// <param name="runs">The runs.</param>
    /// <param name="catalog">Plugins, to count operations.</param>
    public static IReadOnlyList<ReportEntry> OfRuns(IReadOnlyList<RunRecord> runs, PluginCatalog catalog)
    {
        var loader = new ExperimentLoader(catalog, getVariable: null);
        return [.. Newest(runs).Select(run => new ReportEntry(run.Experiment, "", run.Config, run, () => Gflops(loader.Load(Path.Combine(run.Folder, "experiment.toml"), []).Experiments)))];
    }

    /// <summary>Returns an entry for each combination of a file, with its newest run.</summary>
    /// <param name="experiments">The combinations.</param>
    /// <param name="runs">All runs.</param>
    /// <param name="whyNot">Returns why a combination has no run, if that is known.</param>
    public static IReadOnlyList<ReportEntry> OfFile(IReadOnlyList<LoadedExperiment> experiments, IReadOnlyList<RunRecord> runs, Func<LoadedExperiment, string?> whyNot)
    {
        ILookup<string, RunRecord> byFingerprint = runs.ToLookup(run => run.Fingerprint);
        return [.. experiments.Select(experiment =>
        {
            RunRecord[] found = [.. byFingerprint[experiment.Fingerprint]];
            RunRecord? run = found.LastOrDefault(one => one.State == RunState.Finished) ?? found.LastOrDefault();
            var entry = new ReportEntry(experiment.Config.Name, experiment.Label, experiment.Resolved, run, () => Gflops([experiment]));
            return run is null && whyNot(experiment) is { } reason ? entry with { NotRun = reason } : entry;
        })];
    }

    /// <summary>Builds one table per experiment and table of the paper.</summary>
    /// <param name="entries">Runs or combinations.</param>
    /// <param name="paper">The only table of the paper to build; null for all.</param>
    public static IReadOnlyList<ReportTable> Tables(IReadOnlyList<ReportEntry> entries, string? paper)
    {
        ReportTable[] tables = [.. entries.GroupBy(entry => (entry.Experiment, entry.Target?.Table))
            .Where(group => paper is null || group.Key.Table == paper)
            .Select(group => group.Key.Table is { } table
                ? PaperTableBuilder.Build(group.Key.Experiment, PaperTables.Get(table), [.. group])
                : PlainTableBuilder.Build(group.Key.Experiment, [.. group]))];
        // If a table of the paper has no entries, show only the paper's numbers.
        return tables.Length == 0 && paper is not null ? [PaperTableBuilder.Build("no runs", PaperTables.Get(paper), [])] : tables;
    }

    // For each config, takes the last finished run, or the last run if none has finished. So a run that was repeated successfully is not listed as missing.
    private static IEnumerable<RunRecord> Newest(IReadOnlyList<RunRecord> runs) => runs
        .GroupBy(run => (run.Experiment, run.Fingerprint))
        .Select(group => group.LastOrDefault(run => run.State == RunState.Finished) ?? group.Last())
        .OrderBy(run => run.Folder, StringComparer.Ordinal);

    private static decimal? Gflops(IReadOnlyList<LoadedExperiment> experiments)
    {
        if (experiments.Count != 1) return null;
        try
        {
            // The paper truncates to two decimals instead of rounding. Small models need more decimals.
            return ExperimentCosts.Of(experiments[0].Config, Channels, Classes).Decoder is { } decoder ? Cut(decoder.PaperMultiplyAdds / 1e9m) : null;
        }
        catch (PluginException)
        {
            return null;
        }
    }

    private static decimal Cut(decimal gflops) => gflops < 1 ? decimal.Round(gflops, 4) : decimal.Truncate(gflops * 100) / 100;
}

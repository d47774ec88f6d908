using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.Reports.Records;

namespace HiEndMae.Reports.Tables;

/// <summary>An experiment of a report, with its run or with the reason why there is none.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Label">Combination of a sweep; empty without a sweep.</param>
/// <param name="Config">The resolved config.</param>
/// <param name="Run">The newest run; null if it was never started.</param>
/// <param name="DecoderGflops">Counts the GFLOPs of the decoder in the paper's convention; null if they cannot be counted.</param>
internal sealed record ReportEntry(string Experiment, string Label, ConfigTable Config, RunRecord? Run, Func<decimal?> DecoderGflops)
{
    /// <summary>Reason why there are no results; empty if there are.</summary>
    public string Why => Run is null ? NotRun : Run.Reason;

    /// <summary>The reason to show without a run: that it was not run, or which stage of a sweep failed.</summary>
    public string NotRun { get; init; } = "not run";

    /// <summary>The place of the results in the paper's tables, or null.</summary>
    public ReportTarget? Target { get; } = ReportTarget.Of(Config);

    /// <summary>Name in messages.</summary>
    public string Name => Label.Length > 0 ? Label : Run?.Id ?? Experiment;
}

using HiEndMae.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.Reports.Records;

namespace HiEndMae.Reports.Tables;

/// <summary>An experiment that a report is about: with the run of it, or with the reason why there is none.</summary>
/// <param name="Experiment">Its name.</param>
/// <param name="Label">Which combination of a sweep; empty for none.</param>
/// <param name="Config">What it says, resolved.</param>
/// <param name="Run">Its newest run; null where it was never started.</param>
/// <param name="DecoderGflops">GFLOPs of its decoder in the paper's convention; null where they cannot be counted.</param>
internal sealed record ReportEntry(string Experiment, string Label, ConfigTable Config, RunRecord? Run, Func<decimal?> DecoderGflops)
{
    /// <summary>Why it has no results; empty where it has.</summary>
    public string Why => Run is null ? NotRun : Run.Reason;

    /// <summary>What is said where there is no run: that it was not run, or which stage of a sweep stands in its way.</summary>
    public string NotRun { get; init; } = "not run";

    /// <summary>Where its results stand; null where it does not say.</summary>
    public ReportTarget? Target { get; } = ReportTarget.Of(Config);

    /// <summary>What messages call it.</summary>
    public string Name => Label.Length > 0 ? Label : Run?.Id ?? Experiment;
}

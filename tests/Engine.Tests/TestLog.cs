using HiEndMae.Engine.Training;

namespace HiEndMae.Engine.Tests;

/// <summary>Keeps what a training says.</summary>
internal sealed class TestLog : IStageLogger
{
    /// <summary>Losses and learning rates, to the last bit.</summary>
    public List<string> Lines { get; } = [];

    public List<(string Key, double Value, int Step)> Metrics { get; } = [];

    public List<string> Notes { get; } = [];

    public List<string> Warnings { get; } = [];

    public List<int> ResumedAt { get; } = [];

    public void Metric(string key, double value, int step)
    {
        Metrics.Add((key, value, step));
        if (key is "loss" or "lr" or "grad_norm") Lines.Add(FormattableString.Invariant($"{step} {key} {value:R}"));
    }

    public void Progress(int done, int total, string detail, TimeSpan left)
    {
    }

    public void Resumed(int step) => ResumedAt.Add(step);

    public void Note(string message) => Notes.Add(message);

    public void Warn(string message) => Warnings.Add(message);
}

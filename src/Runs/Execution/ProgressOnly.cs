using HiEndMae.Engine.Training;
using HiEndMae.Runs.Reporting;

namespace HiEndMae.Runs.Execution;

/// <summary>Logger for stages outside of a run: it shows progress and messages, and drops values.</summary>
internal sealed class ProgressOnly(IProgressDisplay progress, Action<string> note) : IStageLogger
{
    public void Metric(string key, double value, int step)
    {
    }

    public void Progress(int done, int total, string detail, TimeSpan left) => progress.Report(done, total, detail, left);

    public void Resumed(int step)
    {
    }

    public void Note(string message) => note(message);
}

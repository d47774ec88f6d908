using HiEndMae.Engine.Training;

namespace HiEndMae.Host.Running;

/// <summary>For stages outside a run: progress is shown, sentences are printed, values go nowhere.</summary>
internal sealed class ProgressOnly(StageProgress progress, HostEnvironment environment) : IStageLogger
{
    public void Metric(string key, double value, int step)
    {
    }

    public void Progress(int done, int total, string detail, TimeSpan left) => progress.Report(done, total, detail, left);

    public void Resumed(int step)
    {
    }

    public void Note(string message) => environment.Error.WriteLine(message);
}

using HiEndMae.Runs.Reporting;

namespace HiEndMae.Host.Output;

/// <summary>Reporter of ranks other than 0: it prints only warnings, with the rank.</summary>
internal sealed class RankReporter(HostEnvironment environment, int rank) : IRunReporter
{
    public void Say(string message)
    {
    }

    public void Warn(string message) => environment.Error.WriteLine($"warning: rank {rank}: {message}");

    public void WithProgress(string title, Action<IProgressDisplay> work) => ConsoleProgress.Run(environment, quiet: true, title, work);
}

using HiEndMae.Runs.Reporting;

namespace HiEndMae.Host.Output;

/// <summary>Prints messages and progress of a run on the console.</summary>
/// <param name="environment">The console.</param>
/// <param name="quiet">Whether only warnings are shown, because standard output is for JSON.</param>
internal sealed class ConsoleReporter(HostEnvironment environment, bool quiet) : IRunReporter
{
    public void Say(string message)
    {
        if (!quiet) environment.Output.WriteLine(message);
    }

    public void Warn(string message) => environment.Error.WriteLine($"warning: {message}");

    public void WithProgress(string title, Action<IProgressDisplay> work) => ConsoleProgress.Run(environment, quiet, title, work);
}

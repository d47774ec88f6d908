using System.CommandLine;
using System.Globalization;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Directories;
using HiEndMae.Sweeps;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae stage FOLDER</c>: runs one stage. Jobs of a cluster call it; users do not.</summary>
internal static class StageCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var folder = new Argument<string>("FOLDER") { Description = "Folder of a stage, made by 'hiendmae sweep'." };
        var threads = new Option<int>("--threads") { Description = "CPU threads if the experiment sets none; 0 for one per core." };
        var command = new Command("stage", "Run one stage of a sweep as a job of a cluster.") { folder, threads };
        command.Hidden = true;
        command.SetAction((parsed, _) => Task.FromResult(Execute(environment, parsed.GetValue(folder)!, parsed.GetValue(threads))));
        return command;
    }

    private static int Execute(HostEnvironment environment, string folder, int threads)
    {
        List<string> overrides = [.. StageStart.Overrides(folder)];
        if (threads > 0 && !StageStart.NamesThreads(folder)) overrides.Add(string.Create(CultureInfo.InvariantCulture, $"threads={threads}"));
        StageStart.Begin(folder, environment.Runs.Clock.GetUtcNow());
        return RunCommand.Execute(environment, Path.Combine(folder, "experiment.toml"), overrides, new RunOptions(folder, null, Resume: true, DryRun: false, Json: false, IsJob: true));
    }
}

using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary>The command line of <c>hiendmae</c>: parses arguments, runs a command, and returns its exit code.</summary>
public sealed class CommandLine
{
    /// <summary>The environment variable that names a folder of libtorch.</summary>
    public const string LibtorchVariable = "HIENDMAE_LIBTORCH";

    private readonly HostEnvironment environment;
    private readonly RootCommand root;
    private readonly Option<string?> libtorch = CommonOptions.Libtorch();

    /// <summary>Creates the command line with all commands.</summary>
    public CommandLine(HostEnvironment environment)
    {
        this.environment = environment;
        root = new RootCommand("Pre-train 3D Vision Transformers on CT and MR volumes with masked autoencoders, and fine-tune them to segment organs with few labels.")
        {
            RunCommand.Create(environment),
            SweepCommand.Create(environment),
            StageCommand.Create(environment),
            PredictCommand.Create(environment),
            BundleCommand.Create(environment),
            AnalyzeCommand.Create(environment),
            EvaluateCommand.Create(environment),
            CompareCommand.Create(environment),
            ValidateCommand.Create(environment),
            DataCommand.Create(environment),
            PluginsCommand.Create(environment),
            NewCommand.Create(environment),
            DoctorCommand.Create(environment),
            SchemaCommand.Create(environment),
            FlopsCommand.Create(environment),
            BenchCommand.Create(environment),
            ReportCommand.Create(environment),
            VerifyCommand.Create(environment),
            InspectCommand.Create(environment),
            ConvertCommand.Create(environment),
            TrackCommand.Create(environment),
        };
        root.Options.Add(libtorch);
    }

    /// <summary>Parses the arguments and runs the command.</summary>
    /// <param name="args">Arguments without the name of the program.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors) await environment.Error.WriteLineAsync($"error: {error.Message}");
            await environment.Error.WriteLineAsync("Run 'hiendmae --help' for the commands, or 'hiendmae COMMAND --help' for the options of one.");
            return ExitCodes.BadUsage;
        }
        var invocation = new InvocationConfiguration
        {
            Output = environment.Output,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // no limit, because 'run' first writes a checkpoint
        };
        return await ErrorBoundary.RunAsync(environment, () =>
        {
            // Given before the command: hiendmae --libtorch DIR run FILE.
            if ((parsed.GetValue(libtorch) ?? environment.Runs.GetVariable(LibtorchVariable)) is { Length: > 0 } folder) environment.UseLibtorch(folder);
            return parsed.InvokeAsync(invocation);
        });
    }
}

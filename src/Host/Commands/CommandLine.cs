using System.CommandLine;
using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Output;

namespace HiEndMae.Host.Commands;

/// <summary>The verbs of <c>hiendmae</c>, and how errors become exit codes.</summary>
public sealed class CommandLine
{
    private readonly HostEnvironment environment;
    private readonly RootCommand root;

    /// <summary>Builds the commands.</summary>
    public CommandLine(HostEnvironment environment)
    {
        this.environment = environment;
        root = new RootCommand("Masked-autoencoder pre-training of 3D Vision Transformers on CT and MR, and few-label segmentation.")
        {
            RunCommand.Create(environment),
            SweepCommand.Create(environment),
            PredictCommand.Create(environment),
            AnalyzeCommand.Create(environment),
            EvaluateCommand.Create(environment),
            CompareCommand.Create(environment),
            ValidateCommand.Create(environment),
            DataCommand.Create(environment),
            PluginsCommand.Create(environment),
            SchemaCommand.Create(environment),
            FlopsCommand.Create(environment),
            BenchCommand.Create(environment),
            ReportCommand.Create(environment),
            VerifyCommand.Create(environment),
            InspectCommand.Create(environment),
            ConvertCommand.Create(environment),
            TrackCommand.Create(environment),
        };
    }

    /// <summary>Parses and runs; returns one of <see cref="ExitCodes"/>.</summary>
    public async Task<int> RunAsync(string[] args)
    {
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (System.CommandLine.Parsing.ParseError error in parsed.Errors) await environment.Error.WriteLineAsync($"error: {error.Message}");
            await environment.Error.WriteLineAsync("'hiendmae --help' lists the commands, 'hiendmae COMMAND --help' its options.");
            return ExitCodes.BadUsage;
        }
        var invocation = new InvocationConfiguration
        {
            Output = environment.Output,
            Error = environment.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null, // the run command saves first, however long that takes
        };
        return await ErrorBoundary.RunAsync(environment, () => parsed.InvokeAsync(invocation));
    }
}

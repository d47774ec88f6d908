using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.ExperimentFiles;
using HiEndMae.Host.Output;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Results;

namespace HiEndMae.Host.Commands;

/// <summary>Evaluates label maps in files, made by any program.</summary>
internal sealed class EvaluateLabelMaps(HostEnvironment environment, EvaluateOptions options)
{
    private const string Section = "evaluate";

    public int Run(string truths, string? labelNames, CancellationToken cancel)
    {
        if (Config() is not { } config) return ExitCodes.BadUsage;
        LabelNames names = labelNames is null ? LabelNames.Any : LabelNames.Parse(labelNames);
        IReadOnlyList<LabelMapEvaluation.Pair> pairs = LabelMapEvaluation.PairUp(options.Path, truths);
        int failed = 0;
        EvaluationFiles? results = null;
        ConsoleProgress.Run(environment, options.Json, "evaluate", progress =>
        {
            long start = environment.Runs.Clock.GetTimestamp();
            (EvaluationResult result, IReadOnlyList<string> labels) = new LabelMapEvaluation(config, names).Run(pairs, message =>
            {
                failed++;
                environment.Error.WriteLine($"error: {message}");
            }, (done, total, name) => progress.Report(done, total, name, environment.Runs.Clock.GetElapsedTime(start) / done * (total - done)), cancel);
            results = new EvaluationFiles(options.Out, labels);
            results.Add("predictions", result);
        });
        results!.Write(new JsonObject { ["predictions"] = Path.GetFullPath(options.Path), ["truth"] = Path.GetFullPath(truths), ["failed_cases"] = failed });
        if (failed > 0) environment.Error.WriteLine($"{failed} of {pairs.Count} cases could not be scored and are left out of all means.");
        if (options.Json) environment.Output.WriteLine(results.ToPrintedJson().ToJsonString(JsonOptions.Indented));
        else EvaluationTable.Print(environment.Console, results, options.Out);
        return failed == 0 ? ExitCodes.Done : ExitCodes.BadData;
    }

    // The keys pass the same checks as in an experiment.
    private EvaluateConfig? Config()
    {
        if (options.Models.Start is not null || options.Models.Checkpoints.Count > 0) throw new UserException("--start and --checkpoint choose a model, but --truth scores label maps; leave them out.");
        var found = new List<ConfigDiagnostic>();
        ParsedFile file = ExperimentSource.Override(new ParsedFile(ExperimentSource.CommandLine, new ConfigTable([], new SourceSpan(ExperimentSource.CommandLine, 1, 1)), []), options.Models.Overrides);
        found.AddRange(file.Diagnostics);
        ConfigTable tree = file.Tree?.Find(Section) as ConfigTable ?? new ConfigTable([], new SourceSpan(ExperimentSource.CommandLine, 1, 1));
        bool isRight = ConfigChecker.Check(tree, EvaluateConfig.Schema, $"[{Section}]", new CheckContext([], found.Add));
        EvaluateConfig? config = isRight && found.Count == 0 ? EvaluateConfig.Read(tree, new BindContext([], environment.Runs.GetVariable)) : null;
        config?.Check(tree, $"[{Section}]", found.Add);
        DiagnosticOutput.Print(environment, found);
        return found.Any(diagnostic => diagnostic.IsError) ? null : config;
    }
}

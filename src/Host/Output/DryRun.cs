using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Commands;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Tracking;
using Spectre.Console;
using TorchSharp;

namespace HiEndMae.Host.Output;

/// <summary><c>run --dry-run</c>: prints the resolved config and the stages with their parameters and steps. It writes nothing.</summary>
internal static class DryRun
{
    public static void Print(HostEnvironment environment, LoadedExperiment experiment, PluginCatalog catalog, RunOptions options)
    {
        ExperimentConfig config = experiment.Config;
        TrackingSettings.Of(config, options.Out, environment.Runs.GetVariable); // throws the same errors as a run
        var factory = new ComponentFactory(catalog);
        (StagePlan Plan, long Parameters)[] plan = [.. StagePlan.Of(config).Select(one => (one, CountParameters(config, one.Stage.Kind, factory)))];
        if (options.Json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["config"] = experiment.ResolvedToml,
                ["fingerprint"] = experiment.Fingerprint,
                ["out"] = Path.GetFullPath(Path.Combine(options.Out, config.Name)),
                ["stages"] = new JsonArray([.. plan.Select(entry => (JsonNode)new JsonObject
                {
                    ["name"] = entry.Plan.Stage.Name,
                    ["kind"] = entry.Plan.Stage.KindName,
                    ["steps"] = entry.Plan.Training is null ? 0 : entry.Plan.Training.Steps,
                    ["epochs"] = entry.Plan.Training?.Epochs,
                    ["parameters"] = entry.Parameters,
                })]),
            }.ToJsonString(JsonOptions.Indented));
            return;
        }
        environment.Output.WriteLine(experiment.ResolvedToml);
        Table table = new Table().AddColumns("stage", "steps", "parameters");
        foreach ((StagePlan one, long parameters) in plan)
            table.AddRow(Markup.Escape(one.Stage.Name), one.Length, FormattableString.Invariant($"{parameters:N0}"));
        environment.Console.Write(table);
        environment.Output.WriteLine($"fingerprint {experiment.Fingerprint}; nothing was written.");
    }

    private static long CountParameters(ExperimentConfig config, StageKind kind, ComponentFactory factory)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        TrainingConfig training = kind == StageKind.Pretrain ? config.Pretrain! : config.Finetune!;
        DatasetInfo info = factory.CreateDataset(training.Data.Dataset, _ => { }).Info;
        var models = new ModelFactory(config, factory, torch.CPU);
        torch.nn.Module encoder, other;
        if (kind == StageKind.Pretrain) (encoder, other) = models.Pretraining(info.ChannelNames.Count);
        else (encoder, other) = models.Segmentation(info.ChannelNames.Count, info.NumOutputs);
        using (encoder)
        using (other)
        {
            return encoder.parameters().Concat(other.parameters()).Sum(parameter => parameter.numel());
        }
    }
}

using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Host.Commands;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.LabelMaps;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Planning;
using HiEndMae.Runs.Tracking;
using Spectre.Console;
using TorchSharp;

namespace HiEndMae.Host.Output;

/// <summary><c>run --dry-run</c>: the resolved config, the stages, their parameters and steps; nothing is written.</summary>
internal static class DryRun
{
    public static void Print(HostEnvironment environment, LoadedExperiment experiment, PluginCatalog catalog, RunOptions options)
    {
        ExperimentConfig config = experiment.Config;
        TrackingSettings.Of(config, options.Out, environment.Runs.GetVariable); // refuses what a run would refuse
        var factory = new ComponentFactory(catalog);
        (StagePlan Stage, long Parameters)[] plan = [.. StagePlan.Of(config).Select(stage => (stage, CountParameters(config, stage, factory)))];
        if (options.Json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["config"] = experiment.ResolvedToml,
                ["fingerprint"] = experiment.Fingerprint,
                ["out"] = Path.GetFullPath(Path.Combine(options.Out, config.Name)),
                ["stages"] = new JsonArray([.. plan.Select(entry => (JsonNode)new JsonObject
                {
                    ["name"] = entry.Stage.Name,
                    ["kind"] = entry.Stage.Kind,
                    ["steps"] = entry.Stage.Training is null ? 0 : entry.Stage.Training.Steps,
                    ["epochs"] = entry.Stage.Training?.Epochs,
                    ["parameters"] = entry.Parameters,
                })]),
            }.ToJsonString(JsonOptions.Indented));
            return;
        }
        environment.Output.WriteLine(experiment.ResolvedToml);
        Table table = new Table().AddColumns("stage", "steps", "parameters");
        foreach ((StagePlan stage, long parameters) in plan)
            table.AddRow(Markup.Escape(stage.Name), stage.Length, FormattableString.Invariant($"{parameters:N0}"));
        environment.Console.Write(table);
        environment.Output.WriteLine($"fingerprint {experiment.Fingerprint}; nothing was written.");
    }

    private static long CountParameters(ExperimentConfig config, StagePlan stage, ComponentFactory factory)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        bool pretraining = stage.Kind == "pretrain";
        DataConfig data = pretraining ? config.Pretrain!.Data : config.Finetune!.Data;
        Dataset dataset = factory.CreateDataset(data.Dataset, _ => { });
        int channels = dataset.Info.ChannelNames.Count;
        using var encoder = factory.Create<Encoder>(Slot.Encoder, config.Encoder,
            new EncoderContext(channels, data.Crop, pretraining ? EncoderUse.Pretraining : EncoderUse.Segmentation));
        using torch.nn.Module other = pretraining
            ? factory.Create<Decoder>(Slot.Decoder, config.Pretrain!.Decoder, new DecoderContext(encoder.Info, data.Crop))
            : factory.Create<SegmentationHead>(Slot.Head, config.Finetune!.Head, new HeadContext(encoder.Info, data.Crop, dataset.Info.LabelNames.Count));
        return encoder.parameters().Concat(other.parameters()).Sum(parameter => parameter.numel());
    }
}

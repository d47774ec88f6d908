using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Counting;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Models;
using Spectre.Console;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae flops FILE</c>: counts parameters and operations of an experiment's models from their configs, or by running a model whose config does not count. It reads no data.</summary>
internal static class FlopsCommand
{
    // Channels and classes belong to the dataset, which may not be at hand. They change only the first and the last layer.
    private const int Channels = 1;

    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml), with or without a [sweep]." };
        var classes = new Option<int>("--classes") { Description = "Number of classes of the head, background included.", DefaultValueFactory = _ => 14 };
        Option<string[]> set = CommonOptions.Set();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("flops", "Count parameters, activations and multiply-adds of encoder, decoder and head, per sample and forward pass.") { file, classes, set, json };
        command.SetAction(parsed => Run(environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], parsed.GetValue(classes), parsed.GetValue(json)));
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, int classes, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        LoadedFile loaded = new ExperimentLoader(catalog, getVariable: null).LoadWhole(file, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        (LoadedExperiment Experiment, ExperimentCosts Costs)[] all = [.. loaded.Experiments.Select(one => (one, MeasuredCosts.Of(one.Config, Channels, classes, new ComponentFactory(catalog), environment.Runs.GetVariable)))];
        if (json)
        {
            JsonNode[] objects = [.. all.Select(one => (JsonNode)ToJson(one.Experiment, one.Costs))];
            environment.Output.WriteLine((loaded.IsSweep ? new JsonArray(objects) : objects[0]).ToJsonString(JsonOptions.Indented));
            return ExitCodes.Done;
        }
        foreach ((LoadedExperiment experiment, ExperimentCosts costs) in all) Print(environment, experiment, costs);
        return ExitCodes.Done;
    }

    private static void Print(HostEnvironment environment, LoadedExperiment experiment, ExperimentCosts costs)
    {
        if (experiment.Label.Length > 0) environment.Output.WriteLine(experiment.Label);
        foreach ((StageKind stage, IReadOnlyList<OperationCount> parts) in costs.Stages)
        {
            Table table = new Table().Title(Stage.NameOf(stage)).AddColumns("part", "parameters", "activations", "all (G)", "paper (G)");
            foreach (OperationCount part in parts.Append(ExperimentCosts.Sum(parts)))
            {
                table.AddRow(
                    Markup.Escape(part.Part), FormattableString.Invariant($"{part.Parameters:N0}"), FormattableString.Invariant($"{part.Activations:N0}"),
                    FormattableString.Invariant($"{part.MultiplyAdds / 1e9:F4}"), FormattableString.Invariant($"{part.PaperMultiplyAdds / 1e9:F4}"));
            }
            environment.Console.Write(table);
        }
        if (costs.Stages.Any(stage => stage.Parts.Any(part => part.Part.EndsWith(MeasuredCosts.Mark, StringComparison.Ordinal))))
            environment.Output.WriteLine("as run: counted in layers while the model ran on a random crop, because a config does not count; attention written with functions is not seen.");
        environment.Output.WriteLine($"{costs.Encoder}, per sample and forward pass; a training step costs three times as much. all: every operation; paper: counted as in Tables 6 and 7 of the paper.");
    }

    private static JsonObject ToJson(LoadedExperiment experiment, ExperimentCosts costs)
    {
        var result = new JsonObject { ["name"] = experiment.Config.Name, ["combination"] = experiment.Label, ["encoder"] = costs.Encoder };
        if (costs.Decoder is { } decoder)
        {
            result["dense_stages"] = costs.DenseStages;
            // The paper truncates to two decimals instead of rounding.
            result["decoder_gflops_paper"] = decimal.Truncate(decoder.PaperMultiplyAdds / 1e7m) / 100;
            result["decoder_gflops_all"] = decimal.Round(decoder.MultiplyAdds / 1e9m, 2);
            result["decoder_multiply_adds_paper"] = decoder.PaperMultiplyAdds;
            result["decoder_multiply_adds_all"] = decoder.MultiplyAdds;
        }
        result["stages"] = new JsonObject(costs.Stages.Select(stage => KeyValuePair.Create(Stage.NameOf(stage.Kind), (JsonNode?)new JsonArray([.. stage.Parts.Append(ExperimentCosts.Sum(stage.Parts)).Select(part => (JsonNode)new JsonObject
        {
            ["part"] = part.Part,
            ["parameters"] = part.Parameters,
            ["activations"] = part.Activations,
            ["multiply_adds_all"] = part.MultiplyAdds,
            ["multiply_adds_paper"] = part.PaperMultiplyAdds,
        })]))));
        return result;
    }
}

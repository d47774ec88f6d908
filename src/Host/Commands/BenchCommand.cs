using System.CommandLine;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Benchmarks;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Stages;
using HiEndMae.Host.Output;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using Spectre.Console;
using TorchSharp;

namespace HiEndMae.Host.Commands;

/// <summary><c>hiendmae bench FILE</c>: measures time and memory of an experiment's training step on synthetic batches.</summary>
internal static class BenchCommand
{
    public static Command Create(HostEnvironment environment)
    {
        var file = new Argument<string>("FILE") { Description = "Experiment file (.toml); its data is not read." };
        var steps = new Option<int>("--steps") { Description = "Number of steps to measure, after three warm-up steps.", DefaultValueFactory = _ => 20 };
        var stage = new Option<string?>("--stage") { Description = "pretrain or finetune; default: the first that the file has.", HelpName = "STAGE" };
        var classes = new Option<int>("--classes") { Description = "Number of classes of the head, background included.", DefaultValueFactory = _ => 14 };
        stage.AcceptOnlyFromAmong(Stage.NameOf(StageKind.Pretrain), Stage.NameOf(StageKind.Finetune));
        steps.Validators.Add(result =>
        {
            if (result.GetValue(steps) < 1) result.AddError("--steps must be at least 1.");
        });
        Option<string[]> set = CommonOptions.Set();
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("bench", "Measure time and memory of a training step on synthetic batches, and compare its speed with plain matrix products.") { file, steps, stage, classes, set, device, json };
        command.SetAction((parsed, _) => Task.FromResult(Run(
            environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], parsed.GetValue(stage), parsed.GetValue(steps), parsed.GetValue(classes), parsed.GetValue(device), parsed.GetValue(json))));
        return command;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, string? stage, int steps, int classes, string? deviceName, bool json)
    {
        PluginCatalog catalog = PluginCatalog.Load(environment.Runs);
        // Environment variables name folders of data. No data is read, so they may be unset.
        LoadedFile loaded = new ExperimentLoader(catalog, getVariable: null).LoadOne(file, overrides);
        DiagnosticOutput.Print(environment, loaded.Diagnostics);
        if (!loaded.IsValid) return ExitCodes.BadUsage;
        ExperimentConfig config = loaded.Experiments[0].Config;
        StageKind kind = stage == Stage.NameOf(StageKind.Pretrain) || (stage is null && config.Pretrain is not null) ? StageKind.Pretrain : StageKind.Finetune;
        string chosen = Stage.NameOf(kind);
        if (kind == StageKind.Pretrain ? config.Pretrain is null : config.Finetune is null)
        {
            environment.Error.WriteLine($"error: '{file}' has no [{chosen}] table; choose another stage with --stage.");
            return ExitCodes.BadUsage;
        }
        torch.Device device = DeviceChoice.Prepare(deviceName ?? config.Device, environment.Runs.GetVariable);
        int threads = Compute.Prepare(config);
        torch.manual_seed(config.Seed);
        using DisposeScope scope = torch.NewDisposeScope();
        using var model = new BenchModel(config, kind, classes, new ComponentFactory(catalog), device, threads, environment.Runs.GetVariable);
        using var stop = new StopSignal();
        var bench = new StepBench(model.Optimizer, new StepPrecision(config.Precision, device), device, message => environment.Error.WriteLine($"warning: {message}"));
        StepTimes? measured = null;
        ConsoleProgress.Run(environment, json, "bench", progress => measured = bench.Run(
            model.Loss, model.Request, steps, (done, total) => progress.Report(done, total, "", TimeSpan.Zero), stop.Token));
        StepTimes times = measured!;
        double rate = model.StepFlops / times.StepSeconds, utilization = rate / times.MatmulFlops;
        if (json)
        {
            environment.Output.WriteLine(new JsonObject
            {
                ["name"] = config.Name,
                ["stage"] = chosen,
                ["device"] = device.ToString(),
                ["threads"] = threads,
                ["allocator"] = DeviceChoice.Allocator,
                ["precision"] = config.Precision.ToString().ToLowerInvariant(),
                ["batch"] = model.Batch,
                ["parameters"] = model.Parameters,
                ["steps"] = times.Steps,
                ["step_seconds"] = times.StepSeconds,
                ["step_seconds_best"] = times.BestSeconds,
                ["forward_seconds"] = times.ForwardSeconds,
                ["backward_seconds"] = times.BackwardSeconds,
                ["optimizer_seconds"] = times.OptimizerSeconds,
                ["volumes_per_second"] = model.Batch / times.StepSeconds,
                ["step_gflop"] = model.StepFlops / 1e9,
                ["matmul_gflops"] = times.MatmulFlops / 1e9,
                ["model_flops_utilization"] = utilization,
                ["resident_bytes"] = times.ResidentBytes,
                ["resident_growth_bytes"] = times.ResidentGrowthBytes,
                ["peak_resident_bytes"] = times.PeakResidentBytes,
                ["tensors"] = times.Tensors,
                ["tensor_growth"] = times.TensorGrowth,
                ["last_loss"] = times.LastLoss,
            }.ToJsonString(JsonOptions.Indented));
            return ExitCodes.Done;
        }
        Table table = new Table().Title($"{Markup.Escape(config.Name)}, {chosen}, batch {model.Batch}, {device}, {threads} threads").AddColumns("", "median of " + steps);
        void Row(string name, FormattableString value) => table.AddRow(name, Markup.Escape(FormattableString.Invariant(value)));
        Row("step", $"{1000 * times.StepSeconds:F0} ms (best {1000 * times.BestSeconds:F0}), {model.Batch / times.StepSeconds:F2} volumes/s");
        Row("  forward", $"{1000 * times.ForwardSeconds:F0} ms");
        Row("  backward", $"{1000 * times.BackwardSeconds:F0} ms");
        Row("  optimiser", $"{1000 * times.OptimizerSeconds:F0} ms, {model.Parameters / 1e6:F1} M parameters");
        Row("multiply-adds x 6", $"{model.StepFlops / 1e9:F0} GFLOP, {rate / 1e9:F0} GFLOP/s");
        Row("matrix products", $"{times.MatmulFlops / 1e9:F0} GFLOP/s, of which the step uses {100 * utilization:F0} %");
        Row("resident memory", $"{times.ResidentBytes / 1e9:F2} GB, peak {times.PeakResidentBytes / 1e9:F2} GB, grew by {times.ResidentGrowthBytes / 1e6:F0} MB over {steps} steps");
        Row("live tensors", $"{times.Tensors}, grew by {times.TensorGrowth}");
        environment.Console.Write(table);
        return ExitCodes.Done;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
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
using HiEndMae.Sweeps;
using HiEndMae.TorchRepairs;
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
        var stage = new Option<string?>("--stage") { Description = "pretrain or finetune; default: the first stage of the file.", HelpName = "STAGE" };
        var classes = new Option<int>("--classes") { Description = "Number of classes of the head, background included.", DefaultValueFactory = _ => 14 };
        var profile = new Option<bool>("--profile") { Description = "List the operators of a step with their times and shapes, from a second round of steps." };
        var vary = new Option<string[]>("--vary")
        {
            Description = "Measure a step for every value of a key, such as --vary pretrain.mask_ratio=0.5,0.75,0.9; may be repeated. Each value is measured in a process of its own.",
            HelpName = "KEY=VALUE,VALUE,...",
            AllowMultipleArgumentsPerToken = false,
        };
        var plot = new Option<string?>("--plot") { Description = "With --vary: also write time, operations and memory as a picture (.svg).", HelpName = "FILE" };
        stage.AcceptOnlyFromAmong(Stage.NameOf(StageKind.Pretrain), Stage.NameOf(StageKind.Finetune));
        steps.Validators.Add(result =>
        {
            if (result.GetValue(steps) < 1) result.AddError("--steps must be at least 1.");
        });
        vary.Validators.Add(result =>
        {
            foreach (string text in result.GetValue(vary) ?? [])
            {
                if (BenchVariation.Parse(text) is null) result.AddError($"--vary {text}: write KEY=VALUE,VALUE,... with at least two values.");
            }
        });
        Option<string[]> set = CommonOptions.Set();
        Option<string?> device = CommonOptions.Device();
        Option<bool> json = CommonOptions.Json();
        var command = new Command("bench", "Measure time and memory of a training step on synthetic batches, and compare its speed with plain matrix products.") { file, steps, stage, classes, profile, vary, plot, set, device, json };
        command.Validators.Add(result =>
        {
            bool varies = result.GetValue(vary) is { Length: > 0 };
            if (varies && result.GetValue(profile)) result.AddError("--vary and --profile exclude each other.");
            if (!varies && result.GetValue(plot) is not null) result.AddError("--plot needs --vary.");
        });
        command.SetAction((parsed, _) => Task.FromResult(parsed.GetValue(vary) is { Length: > 0 } variations ? Vary(environment, [.. variations.Select(text => BenchVariation.Parse(text)!)], Shared(parsed), parsed.GetValue(plot), parsed.GetValue(json)) : Run(
            environment, parsed.GetValue(file)!, parsed.GetValue(set) ?? [], parsed.GetValue(stage), parsed.GetValue(steps), parsed.GetValue(classes), parsed.GetValue(profile), parsed.GetValue(device), parsed.GetValue(json))));
        return command;

        // The arguments that every value's process gets.
        string[] Shared(ParseResult parsed) =>
        [
            "bench", parsed.GetValue(file)!, "--steps", Number(parsed.GetValue(steps)), "--classes", Number(parsed.GetValue(classes)),
            .. parsed.GetValue(stage) is { } name ? ["--stage", name] : Array.Empty<string>(), .. parsed.GetValue(device) is { } word ? ["--device", word] : Array.Empty<string>(),
            .. (parsed.GetValue(set) ?? []).SelectMany(text => new[] { "--set", text }),
        ];
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static int Vary(HostEnvironment environment, BenchVariation[] variations, string[] shared, string? plot, bool json)
    {
        using var stop = new StopSignal();
        var keys = new List<IReadOnlyList<ScalePoint>>();
        ConsoleProgress.Run(environment, json, "bench", progress =>
        {
            foreach (BenchVariation variation in variations)
            {
                keys.Add(variation.Measure(HostProgram.In(HostProgram.FolderOf(environment.Runs.PluginsDirectory)), shared, stop.Token));
                progress.Report(keys.Count, variations.Length, variation.Key, TimeSpan.Zero);
            }
        });
        if (plot is not null) AtomicFile.WriteText(plot, ScaleTable.Svg(keys));
        if (json) environment.Output.WriteLine(new JsonArray([.. keys.SelectMany(points => points).Select(point => new JsonObject { ["key"] = point.Key, ["value"] = point.Value, ["measured"] = point.Measured })]).ToJsonString(JsonOptions.Indented));
        else foreach (IReadOnlyList<ScalePoint> points in keys) environment.Console.Write(ScaleTable.Text(points));
        return ExitCodes.Done;
    }

    private static int Run(HostEnvironment environment, string file, string[] overrides, string? stage, int steps, int classes, bool profile, string? deviceName, bool json)
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
        Action<string> warn = message => environment.Error.WriteLine($"warning: {message}");
        Precision precision = config.Precision == Precision.Auto
            ? PrecisionRace.Fastest(new PrecisionRace(model.Modules, device, warn).Run(() => model.Loss(0), static () => TimeSpan.Zero, stop.Token))
            : config.Precision;
        string precisionName = precision.ToString().ToLowerInvariant();
        var bench = new StepBench(model.Optimizer, new StepPrecision(precision, device), device, warn);
        StepTimes? measured = null;
        ConsoleProgress.Run(environment, json, "bench", progress => measured = bench.Run(
            model.Loss, model.Request, steps, (done, total) => progress.Report(done, total, "", TimeSpan.Zero), stop.Token));
        StepTimes times = measured!;
        var clock = Stopwatch.StartNew();
        IReadOnlyList<OperatorTime> operators = profile ? bench.Profile(model.Loss, model.Request, steps, stop.Token) : [];
        TimeSpan profiled = clock.Elapsed;
        double rate = model.StepFlops / times.StepSeconds, utilization = rate / times.MatmulFlops;
        if (json)
        {
            var result = new JsonObject
            {
                ["name"] = config.Name,
                ["stage"] = chosen,
                ["device"] = device.ToString(),
                ["threads"] = threads,
                ["allocator"] = DeviceChoice.Allocator,
                ["precision"] = precisionName,
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
            };
            if (profile)
            {
                result["profiled_step_seconds"] = profiled.TotalSeconds / steps;
                result["operators"] = OperatorTable.Json(operators, steps);
            }
            environment.Output.WriteLine(result.ToJsonString(JsonOptions.Indented));
            return ExitCodes.Done;
        }
        Table table = new Table().Title($"{Markup.Escape(config.Name)}, {chosen}, batch {model.Batch}, {device}, {threads} threads, {precisionName}").AddColumns("", "median of " + steps);
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
        if (profile) environment.Console.Write(OperatorTable.Text(operators, steps, profiled));
        return ExitCodes.Done;
    }
}

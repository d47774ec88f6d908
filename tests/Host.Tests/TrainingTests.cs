using System.Text.Json.Nodes;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Host.Tests;

/// <summary>What a training does beside the loop, from the command line.</summary>
public sealed class TrainingTests
{
    [Fact]
    public async Task Epochs_validation_figures_and_times_are_logged()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("steps = 3", "epochs = 6\nfigures_every = 2\ngrad_accumulation = 2", StringComparison.Ordinal)
            .Replace("num_test = 1", "num_test = 1\nnum_training = 2\nnum_validation = 1", StringComparison.Ordinal)
            .Replace("[finetune.head]", "[finetune.validation]\nevery = 2\n\n[finetune.schedule]\nkind = \"cosine-by-epoch\"\nwarmup_epochs = 2\n\n[finetune.head]", StringComparison.Ordinal)
            .Replace("[\"scratch\", \"pretrain\"]", "[\"pretrain\"]", StringComparison.Ordinal)
            .Replace("[pretrain]\nsteps = 4", "[pretrain]\nsteps = 4\nfigures_every = 3", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("full.toml", text), "--out", host.Folder, "--set", "deterministic=true"));
        Assert.Equal("", host.Error);
        string run = Assert.Single(Directory.GetDirectories(Path.Combine(host.Folder, "tiny")));
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(run, "results.json"), TestContext.Current.CancellationToken))!;
        Assert.True((bool)results["conditions"]!["deterministic"]!);
        Assert.Equal("cpu", (string?)results["conditions"]!["device"]);
        JsonNode training = results["trainings"]!["finetune-pretrain"]!;
        Assert.Equal(6, (int)training["steps"]!); // 6 epochs of 2 cases, 2 batches of 1 case a step
        Assert.InRange((double)training["best"]!["validation_dice"]!, 0, 1);
        Assert.InRange((long)training["peak_memory_bytes"]!, 50L << 20, 64L << 30);
        foreach (string phase in (string[])["forward", "backward", "optimizer", "checkpoint", "validation", "figures"])
            Assert.True((double)training["time_seconds"]![phase]! > 0, phase);
        JsonNode[] metrics = [.. (await File.ReadAllLinesAsync(Path.Combine(run, "metrics.jsonl"), TestContext.Current.CancellationToken)).Select(line => JsonNode.Parse(line)!).Where(line => (string?)line["stage"] == "finetune-pretrain")];
        Assert.Equal(["2", "4", "6"], metrics.Where(line => (string?)line["key"] == "validation.dice.mean").Select(line => line["step"]!.ToString()));
        Assert.Equal(["1", "2", "3", "4", "5", "6"], metrics.Where(line => (string?)line["key"] == "epoch").Select(line => line["value"]!.ToString()));
        foreach (string figure in (string[])["reconstruction-step-00000003", "reconstruction", "finetune-pretrain-step-00000002", "finetune-pretrain-step-00000006", "finetune-pretrain"])
            Assert.True(File.Exists(Path.Combine(run, "figures", figure + ".png")), figure);
        Assert.True(File.Exists(Path.Combine(run, "finetune-pretrain", "checkpoints", "best.json")));
        Assert.Contains("name = \"tiny\"", await File.ReadAllTextAsync(Path.Combine(run, "pretrain", "checkpoints", "step-00000004", "experiment.toml"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Frozen_and_rate_0_encoders_do_not_change_and_layer_decay_changes_upper_blocks_more()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("[\"scratch\", \"pretrain\"]", "[\"pretrain\"]", StringComparison.Ordinal).Replace("[evaluate]\noverlap = 0.25", "", StringComparison.Ordinal);
        string file = host.Write("tiny.toml", text);
        using DisposeScope scope = NewDisposeScope();
        double[] still = [0, 0], moved = await Moved("frozen", "finetune.freeze_encoder=true");
        Assert.Equal(still, moved);
        // Without weight decay: a rate of 0 moves nothing at all.
        moved = await Moved("still", "finetune.encoder_lr_scale=0");
        Assert.Equal(still, moved);
        moved = await Moved("decayed", "finetune.layer_decay=0.5");
        // AdamW's first steps move every value by about the rate, which halves from block to block: blocks 0 and 9 are nine apart.
        Assert.InRange(moved[1] / moved[0], 200, 1500);

        async Task<double[]> Moved(string name, string set)
        {
            string runs = Path.Combine(host.Folder, name);
            Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--set", set, "--set", "finetune.optimizer.weight_decay=0"));
            string run = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "tiny")));
            IReadOnlyDictionary<string, Tensor> before = CheckpointStore.LoadWeights(Path.Combine(run, "pretrain", "checkpoints")), after = CheckpointStore.LoadWeights(Path.Combine(run, "finetune-pretrain", "checkpoints"));
            return [.. ((int[])[0, 9]).Select(block => $"encoder.blocks.{block}.mlp.fc1.weight").Select(key => (before[key] - after[key]).abs().mean().to(ScalarType.Float64).item<double>())];
        }
    }

    [Fact]
    public async Task Weights_that_overflow_end_in_a_report_and_exit_1()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), large = Path.Combine(host.Folder, "large.safetensors");
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", host.Write("tiny.toml", Samples.Tiny[..Samples.Tiny.IndexOf("[finetune]", StringComparison.Ordinal)]), "--out", runs));
        using (DisposeScope scope = NewDisposeScope())
        {
            IReadOnlyDictionary<string, Tensor> weights = CheckpointStore.LoadWeights(Directory.GetDirectories(runs, "checkpoints", SearchOption.AllDirectories).Single());
            Safetensors.Write(large, weights.ToDictionary(entry => entry.Key, entry => entry.Value * 1e30f), new Dictionary<string, string>());
        }
        string text = Samples.Tiny.Replace("[\"scratch\", \"pretrain\"]", $"[\"{large}\"]", StringComparison.Ordinal).Replace("[pretrain]\nsteps = 4", "[pretrain]\nsteps = 1", StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Failed, await host.RunAsync("run", host.Write("large.toml", text), "--out", Path.Combine(host.Folder, "bad"), "--set", "finetune.max_bad_steps=2"));
        Assert.Contains("NaN or infinite in 2 steps in a row", host.Error);
        Assert.DoesNotContain("   at ", host.Error);
        string[] reports = Directory.GetFiles(Path.Combine(host.Folder, "bad"), "step-*.json", SearchOption.AllDirectories);
        Assert.Equal(2, reports.Length);
        JsonNode report = JsonNode.Parse(await File.ReadAllTextAsync(reports.Order(StringComparer.Ordinal).First(), TestContext.Current.CancellationToken))!;
        Assert.Equal(1, (int)report["step"]!);
        Assert.Equal(2, report["crops"]!.AsArray().Count);
        Assert.All(report["crops"]!.AsArray(), crop =>
        {
            Assert.NotEmpty((string)crop!["case"]!);
            Assert.InRange((double)crop["mean"]!, (double)crop["min"]!, (double)crop["max"]!);
            Assert.Equal(0, (int)crop["non_finite_voxels"]!);
        });
    }

    [Fact]
    public async Task A_used_up_time_budget_exits_130_and_the_run_can_be_resumed()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Pretraining);
        Assert.Equal(ExitCodes.Interrupted, await host.RunAsync("run", file, "--out", runs, "--set", "time_budget=2s", "--set", "pretrain.steps=100000"));
        Assert.Contains("time budget", host.Error);
        Assert.Contains("--resume", host.Error);
        Assert.NotEmpty(Directory.GetDirectories(runs, "step-*", SearchOption.AllDirectories));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--resume", "--accept-changes", "--set", "pretrain.steps=6"));
        Assert.Single(Directory.GetDirectories(Path.Combine(runs, "tiny")));
    }

    [Fact]
    public async Task A_changed_config_is_refused_unless_it_cannot_change_results_or_is_accepted()
    {
        using var host = new HostFixture();
        string runs = Path.Combine(host.Folder, "runs"), file = host.Write("tiny.toml", Samples.Pretraining);
        string[] Run(params string[] more) => ["run", file, "--out", runs, "--set", "pretrain.steps=6", .. more];
        Assert.Equal(ExitCodes.Interrupted, await host.RunAsync(Run("--set", "time_budget=3s", "--set", "pretrain.steps=100000")));
        Assert.Equal(ExitCodes.BadUsage, await host.RunAsync(Run("--resume")));
        Assert.Contains("pretrain.steps: 100000 -> 6", host.Error);
        Assert.Matches("time_budget: .*3.* -> \\(none\\) \\(cannot change results\\)", host.Error);
        Assert.Contains("--accept-changes", host.Error);
        Assert.Equal(ExitCodes.Interrupted, await host.RunAsync(Run("--resume", "--set", "pretrain.steps=100000", "--set", "time_budget=1ms", "--set", "pretrain.log_every=3")));
        Assert.Contains("pretrain.log_every: 1 -> 3 (cannot change results)", host.Output);
        // More steps than are done; the rate of the schedule is another from here on, which the results say.
        Assert.Equal(ExitCodes.Interrupted, await host.RunAsync(Run("--resume", "--accept-changes", "--set", "pretrain.steps=90000", "--set", "time_budget=1ms")));
        string directory = Assert.Single(Directory.GetDirectories(Path.Combine(runs, "tiny")));
        Assert.Equal(ExitCodes.Done, await host.RunAsync(Run("--resume", "--accept-changes")));
        JsonNode results = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(directory, "results.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(["pretrain.steps: 100000 -> 90000", "pretrain.steps: 90000 -> 6"], results["conditions"]!["config_changes"]!.AsArray().Select(change => (string?)change));
    }

    [Fact]
    public async Task A_full_disk_pauses_checkpoints_and_is_reported()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs a shell with ulimit -f.");
        using var host = new HostFixture();
        string text = Samples.Pretraining.Replace("embed_dim = 24", "embed_dim = 192", StringComparison.Ordinal);
        string runs = Path.Combine(host.Folder, "runs"), whole = Path.Combine(host.Folder, "whole"), file = host.Write("large.toml", text);
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", whole));
        long weights = new FileInfo(Directory.GetFiles(whole, "weights.safetensors", SearchOption.AllDirectories).First()).Length;
        // Files may grow to a little less than the weights, in KiB; everything else is smaller by far, but for the memory that .NET maps twice as a file.
        using ProgramProcess program = ProgramProcess.Shell($"trap '' XFSZ; export DOTNET_EnableWriteXorExecute=0; ulimit -f {weights / 1024 - 8}; exec $PROGRAM run '{file}' --out '{runs}'");
        (int code, _, string error) = await program.End();
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Contains("THE CHECKPOINT OF STEP 2 CANNOT BE WRITTEN", error);
        Assert.Contains("The checkpoint of step 4 cannot be written", error);
        Assert.Contains("--resume", error);
        Assert.DoesNotContain("   at ", error);
        Assert.Empty(Directory.GetDirectories(runs, "*step-*", SearchOption.AllDirectories));
        Assert.Equal(ExitCodes.Done, await host.RunAsync("run", file, "--out", runs, "--resume"));
        byte[] Last(string folder) => File.ReadAllBytes(Directory.GetFiles(folder, "weights.safetensors", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last());
        Assert.Equal(Last(whole), Last(runs));
    }

    [Fact]
    public void The_fingerprint_leaves_out_exactly_the_keys_that_cannot_change_results()
    {
        var ignored = new List<string>();
        Collect(ExperimentConfig.Schema, "");
        Assert.Equal(
            ["cache", "cores", "description", "device", "evaluate.window_batch", "finetune.checkpoint_every", "finetune.figures_every", "finetune.keep_checkpoints", "finetune.keep_every", "finetune.log_every", "finetune.max_bad_steps", "loader", "name",
                "pretrain.checkpoint_every", "pretrain.figures_every", "pretrain.keep_checkpoints", "pretrain.keep_every", "pretrain.log_every", "pretrain.max_bad_steps", "report", "slurm", "threads", "time_budget", "tracking"],
            ignored.Order(StringComparer.Ordinal));

        void Collect(SectionSchema schema, string prefix)
        {
            foreach (KeySchema key in schema.Keys)
            {
                if (key.IgnoredByFingerprint) ignored.Add(prefix + key.Name);
                else if (key.Section is { } below) Collect(below, $"{prefix}{key.Name}.");
            }
        }
    }
}

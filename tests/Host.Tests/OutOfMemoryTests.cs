using System.Runtime.InteropServices;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;

namespace HiEndMae.Host.Tests;

/// <summary>Memory that runs out is said with numbers and with keys that take less.</summary>
public sealed class OutOfMemoryTests
{
    private const string Cuda = "CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.69 GiB of which 1.10 GiB is free.\nException raised from malloc at CUDACachingAllocator.cpp:1390";

    // The exception that TorchSharp throws for every error of libtorch.
#pragma warning disable CA2201
    private static ExternalException Said(string message) => new(message);
#pragma warning restore CA2201

    [Fact]
    public void An_out_of_memory_error_of_libtorch_is_recognised()
    {
        bool ours = TensorMemory.Install() is null;
        Exception? error = Record.Exception(() => torch.empty(1L << 45));
        Assert.NotNull(error);
        Assert.True(OutOfMemory.IsSaidBy(error), error.ToString());
        if (ours) Assert.StartsWith("a tensor of 131072.00 GiB was asked for, ", OutOfMemory.FirstLine(error));
        Assert.Equal(6, torch.ones(2, 3).sum().item<float>()); // and goes on
        Assert.DoesNotContain('\n', OutOfMemory.FirstLine(error));
        Assert.False(OutOfMemory.IsSaidBy(Said("shapes cannot be multiplied")));
    }

    [Fact]
    public async Task A_batch_that_is_too_large_for_the_machine_ends_the_program_with_advice()
    {
        using var host = new HostFixture();
        // A table of a billion trained positions: 96 GiB.
        string file = host.Write("tiny.toml", Samples.Pretraining);
        using var program = new ProgramProcess("run", file, "--out", Path.Combine(host.Folder, "runs"), "--set", "encoder.patch_size=1", "--set", "encoder.pos_embed=\"perceptron\"", "--set", "pretrain.data.crop=1024");
        (int code, _, string error) = await program.End();
        Assert.True(code == ExitCodes.Failed, error);
        Assert.Contains("error: Memory ran out in pretrain: ", error);
        Assert.Contains("Less is taken by", error);
    }

    [Fact]
    public void The_advice_for_training_names_keys_that_reduce_memory()
    {
        using var host = new HostFixture();
        string text = Samples.Tiny.Replace("volumes = 2\ncrops_per_volume = 1", "volumes = 6\ncrops_per_volume = 2", StringComparison.Ordinal);
        ExperimentConfig config = Assert.Single(new ExperimentLoader(PluginCatalog.Load(Repository.Plugins), _ => null).Load(host.Write("tiny.toml", text), []).Experiments).Config;
        string message = OutOfMemory.InTraining(StageKind.Pretrain, config.Pretrain!, config, Said(Cuda)).Message;
        Assert.Contains("Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 23.69 GiB of which 1.10 GiB is free. A forward pass holds 12 crops of", message);
        Assert.Contains($"volumes = 3 with [pretrain] grad_accumulation = {2 * config.Pretrain!.GradAccumulation}", message);
        Assert.Contains("checkpoint_blocks = true", message);
        Assert.Contains("bfloat16", message);
        Assert.DoesNotContain("Exception raised", message);
    }

    [Fact]
    public void The_advice_for_evaluation_names_keys_that_reduce_memory()
    {
        string message = OutOfMemory.InEvaluation(new EvaluateConfig { WindowBatch = 4 }, Said(Cuda)).Message;
        Assert.Contains("window_batch = 2", message);
        Assert.Contains("accumulate_in = \"float16\"", message);
    }
}

using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using HiEndMae.Verification.Kinds;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Tests;

/// <summary>Every golden, by the code that <c>hiendmae verify</c> runs.</summary>
public sealed class GoldenTests
{
    public static TheoryData<string> Files => [.. Goldens.Files];

    [Theory, MemberData(nameof(Files))]
    public void It_is_reproduced(string file)
    {
        GoldenResult result = Goldens.Verifier().Verify(Goldens.PathOf(file));
        Assert.Null(result.Problem);
        Assert.All(result.Deviations, deviation => Assert.True(deviation.IsWithin, $"{deviation.What}: {deviation.Largest:E2}, allowed {deviation.Tolerance:E0}"));
    }

    // So that a golden in which nothing is found any more does not pass.
    [Theory]
    [InlineData("hiendmae_patch8.safetensors", 10)]
    [InlineData("mae_patch8.safetensors", 4)]
    [InlineData("dense_stage3.safetensors", 4)]
    [InlineData("dense_stage3_2.safetensors", 4)]
    [InlineData("unetr_patch12_float64.safetensors", 10)]
    [InlineData("unetr_patch16_float64.safetensors", 10)]
    [InlineData("transfer_patch12.safetensors", 3)]
    [InlineData("losses_metrics_sliding.safetensors", 8)]
    [InlineData("optimizers_schedules.safetensors", 8)]
    [InlineData("analysis_mae_patch8.safetensors", 23)]
    public void Every_number_of_a_golden_is_compared(string file, int comparisons) => Assert.Equal(comparisons, Goldens.Verifier().Verify(Goldens.PathOf(file)).Deviations.Count);

    [Theory]
    [InlineData(1, true)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    public void Optimisers_equal_the_reference_with_any_number_of_threads_and_by_tensor_operations(int threads, bool fused)
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenFile(Goldens.PathOf("optimizers_schedules.safetensors"));
        Assert.All(OptimiserKind.Compare(golden, Goldens.Context(threads), fused), deviation => Assert.True(deviation.IsWithin, $"{deviation.What}: {deviation.Largest:E2}"));
    }

    [Fact]
    public void Visible_tokens_are_predicted_as_the_official_decoder_does()
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenFile(Goldens.PathOf("hiendmae_patch8.safetensors"));
        using var model = new PretrainingModel(golden, Goldens.Context());
        // No loss reads these predictions, so only this comparison sees them.
        Tensor predicted = ((HiEndMae.Plugins.Decoders.HiEndMaeDecoder)model.Decoder).Predict((TokenEncoder)model.Encoder, PatchOrder.Patches(model.Input, model.PatchSize), model.Mask);
        Assert.InRange(golden.Deviation("decoder_output", predicted), 0, 1e-5);
    }

    [Fact]
    public void The_official_checkpoint_after_training_gives_its_recorded_loss()
    {
        using DisposeScope scope = NewDisposeScope();
        using var golden = new GoldenFile(Goldens.PathOf("hiendmae_patch8.safetensors"));
        using var model = new PretrainingModel(golden, Goldens.Context());
        using WeightFile file = WeightFile.Open(Goldens.PathOf("hiendmae_patch8_after3steps.pth"));
        Assert.Equal("pytorch", file.Format);
        var parameters = model.Parameters.ToDictionary(entry => entry.Name, entry => entry.Value);
        IReadOnlyList<WeightRule> rules = WeightNames.From(WeightNames.Official);
        using (no_grad())
        {
            foreach (WeightEntry entry in file.Entries.Where(entry => !entry.Name.EndsWith("pos_embed", StringComparison.Ordinal)))
                parameters[WeightNames.Apply(rules, entry.Name)!.Value.Target!].copy_(file.Read(entry));
        }
        Assert.InRange(golden.Deviation("loss_after_steps", model.Loss()), 0, 1e-5);
    }
}

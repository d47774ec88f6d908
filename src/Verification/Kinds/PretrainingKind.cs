using System.Globalization;
using HiEndMae.Engine.Optimisation;
using TorchSharp;
using static TorchSharp.torch;
using AdamW = HiEndMae.Engine.Optimisation.AdamW;

namespace HiEndMae.Verification.Kinds;

/// <summary>Compares pre-training with the official code: blocks, reconstruction, loss, gradients, and three steps of AdamW.</summary>
public sealed class PretrainingKind : IGoldenKind
{
    private const double Output = 1e-5, Loss = 1e-6, Gradient = 1e-4, Steps = 1e-5;

    /// <inheritdoc/>
    public string Name => "pretraining";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        using var model = new PretrainingModel(golden, context);
        var found = new List<Deviation>();
        if (golden.Has("patchified_input")) found.Add(new Deviation("patches of the input", golden.Deviation("patchified_input", PatchOrder.Patches(model.Input, model.PatchSize)), 0));
        found.AddRange(Blocks(golden, model));
        if (Reconstruction(golden, model) is { } reconstruction) found.Add(reconstruction);
        Tensor loss = model.Loss();
        found.Add(new Deviation("loss", golden.Deviation("loss", loss), Loss));
        loss.backward();
        found.Add(GradientNorms.Compare(golden, model.Parameters, Gradient));
        if (golden.Has("losses_over_adamw_steps")) found.AddRange(OverSteps(golden, model, context.Threads));
        return found;
    }

    private static IEnumerable<Deviation> Blocks(GoldenFile golden, PretrainingModel model)
    {
        const string Prefix = "encoder_block_";
        string[] names = [.. golden.Names(Prefix)];
        if (names.Length == 0 || model.Encoder is not TokenEncoder encoder) yield break;
        int[] indices = [.. names.Select(name => int.Parse(name[Prefix.Length..], CultureInfo.InvariantCulture))];
        TokenFeatures features = encoder.EncodeVisible(PatchOrder.Patches(model.Input, model.PatchSize), model.Mask, indices);
        foreach ((string name, int index) in names.Zip(indices)) yield return new Deviation($"encoder block {index}", golden.Deviation(name, features.Hidden[index]), Output);
    }

    private static Deviation? Reconstruction(GoldenFile golden, PretrainingModel model)
    {
        if (!golden.Has("reconstruction") || model.Decoder.Reconstruct(model.Encoder, new PretextBatch(model.Input, model.Mask)) is not { } rebuilt) return null;
        // Visible patches are copied from the input, so only hidden ones are compared. The golden may contain volumes or patches [B, N, P^3].
        Tensor patches = PatchOrder.Patches(rebuilt.Volumes, model.PatchSize).cpu(), hidden = (model.Mask.Restore >= model.Mask.NumVisible).unsqueeze(-1).cpu();
        Tensor expected = golden["reconstruction"].reshape(patches.shape);
        return new Deviation("reconstruction of hidden patches", GoldenFile.Deviation(where(hidden, expected, zeros_like(expected)), where(hidden, patches, zeros_like(patches))), Output);
    }

    // Uses the AdamW of the engine.
    private static IEnumerable<Deviation> OverSteps(GoldenFile golden, PretrainingModel model, int threads)
    {
        double[] betas = golden.Doubles("betas");
        using var optimizer = new AdamW([new ParameterGroup([.. model.Parameters], 1, golden.Double("weight_decay"))], new AdamWOptions(betas[0], betas[1], 1e-8), threads);
        Tensor expected = golden["losses_over_adamw_steps"];
        double worst = 0;
        for (int step = 0; step < expected.shape[0]; step++)
        {
            using DisposeScope scope = NewDisposeScope();
            optimizer.ZeroGrad();
            Tensor loss = model.Loss();
            worst = Math.Max(worst, GoldenFile.Deviation(expected[step], loss));
            loss.backward();
            optimizer.Step(new StepRequest(golden.Double("lr")));
        }
        yield return new Deviation($"loss over {expected.shape[0]} steps of AdamW", worst, Steps);
        if (golden.Has("loss_after_steps")) yield return new Deviation("loss after these steps", golden.Deviation("loss_after_steps", model.Loss()), Steps);
    }
}

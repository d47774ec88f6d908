using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>Compares UNETR with MONAI or the official code: logits, DiceCE and, if the golden was made in float64, gradients.</summary>
/// <remarks>
/// Gradients of this network are compared in float64 only. Its leaky ReLUs have kinks at zero: if rounding moves one voxel in 200,000 to the other side, every gradient before it
/// changes by a thousandth, in the reference's float32 run as well. Gradients of a float32 golden are therefore not exact enough to compare with.
/// </remarks>
public sealed class UnetrKind : IGoldenKind
{
    private const double Single = 1e-5, Exact = 1e-6;

    /// <inheritdoc/>
    public string Name => "unetr";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        using var model = new SegmentationModel(golden, context, golden.Int("hidden_size"), golden.Int("heads"), golden.Double("mlp_dim") / golden.Int("hidden_size"));
        golden.Fill(ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = model.Encoder, ["head"] = model.Head }), []);
        model.To(ScalarType.Float32);
        Tensor logits = model.Logits(ScalarType.Float32), loss = DiceCeLoss.Compute(logits, model.Labels);
        List<Deviation> found = [.. model.Compare(logits, Single), new Deviation("DiceCE", golden.Deviation("dice_ce_loss", loss), Single)];
        if (golden.Find("gradients") != "float64") return found;
        loss.backward();
        // The norms of the reference's float32 gradients differ by this much from those of its float64 gradients. Twice as much is allowed, because rounding errors are different.
        found.Add(GradientNorms.Compare(golden, model.Parameters, 2 * golden.Double("float32_deviation_gradients"), "gradient norms in float32"));

        model.To(ScalarType.Float64);
        model.Encoder.zero_grad();
        model.Head.zero_grad();
        logits = model.Logits(ScalarType.Float64);
        loss = DiceCeLoss.Compute(logits, model.Labels);
        found.AddRange(model.Compare(logits, Exact).Select(one => one with { What = one.What + ", float64" }));
        found.Add(new Deviation("DiceCE, float64", golden.Deviation("dice_ce_loss", loss), Exact));
        loss.backward();
        found.Add(GradientNorms.Compare(golden, model.Parameters, Exact, "gradient norms in float64"));
        return found;
    }
}

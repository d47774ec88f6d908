using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Kinds;

/// <summary>Loads an official pre-training checkpoint into the fine-tuning model and compares its logits with those of the official code.</summary>
public sealed class TransferKind : IGoldenKind
{
    private const double Output = 1e-5, MlpRatio = 4;

    /// <inheritdoc/>
    public string Name => "transfer";

    /// <inheritdoc/>
    public IReadOnlyList<Deviation> Compare(GoldenFile golden, GoldenContext context)
    {
        ArgumentNullException.ThrowIfNull(golden);
        ArgumentNullException.ThrowIfNull(context);
        using var model = new SegmentationModel(golden, context, golden.Int("encoder_dim"), golden.Int("encoder_heads"), MlpRatio);
        using (WeightFile checkpoint = WeightFile.Open(Path.Combine(Path.GetDirectoryName(golden.Path)!, golden.Text("checkpoint"))))
            WeightTransfer.Fill(model.Encoder, model.Head, (model.Encoder.Info as TokenEncoderInfo)?.Grid, checkpoint);
        // The weights of the head have no prefix in the golden.
        golden.Fill(model.Head.state_dict().ToDictionary(entry => entry.Key, entry => entry.Value), []);
        model.To(ScalarType.Float32);
        model.Encoder.eval();
        model.Head.eval();
        using IDisposable noGrad = no_grad();
        return [.. model.Compare(model.Logits(ScalarType.Float32), Output)];
    }
}

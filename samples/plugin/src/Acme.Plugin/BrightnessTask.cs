using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acme.Plugin;

/// <summary>Adds a random value to every crop and predicts the value from the mean of the tokens.</summary>
internal sealed class BrightnessTask : PretextTask
{
    private readonly double most;
    private readonly Linear predict;

    public BrightnessTask(BrightnessConfig config, DecoderContext context) : base(nameof(BrightnessTask))
    {
        var encoder = context.Encoder as TokenEncoderInfo ?? throw new PluginException("'acme-brightness' needs an encoder of patch tokens; choose a plugin such as 'acme-mlp'.");
        most = config.Most;
        predict = nn.Linear(encoder.EmbedDim, 1);
        RegisterComponents();
    }

    public override Tensor Loss(Encoder encoder, PretextBatch batch)
    {
        using DisposeScope scope = NewDisposeScope();
        // libtorch's generators are seeded for every batch, so that a resumed run draws the same values.
        Tensor added = (2 * rand(batch.Volumes.shape[0], 1, device: batch.Volumes.device) - 1) * most; // [B, 1]
        var features = (TokenFeatures)encoder.Encode(batch.Volumes + added.reshape(-1, 1, 1, 1, 1), []);
        Tensor predicted = predict.call(features.Tokens.mean([1])); // [B, 1]
        return (predicted - added).square().mean().MoveToOuterDisposeScope();
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MyPlugin;

/// <summary>Maps each token to class scores and repeats them over its patch.</summary>
internal sealed class MyPluginHead : SegmentationHead
{
    private readonly TokenEncoderInfo encoder;
    private readonly int numClasses;
    private readonly Dropout dropout;
    private readonly Linear classify;

    public MyPluginHead(MyPluginConfig config, HeadContext context) : base(nameof(MyPluginHead))
    {
        encoder = context.Encoder as TokenEncoderInfo
            ?? throw new PluginException("'my-plugin' needs an encoder of patch tokens; choose a plugin such as 'vit3d'.");
        numClasses = context.NumClasses;
        dropout = nn.Dropout(config.Dropout);
        classify = nn.Linear(encoder.EmbedDim, numClasses);
        RegisterComponents(); // the last line of every constructor: without it the weights are not trained
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor tokens = ((TokenFeatures)features).Tokens; // [B, N (+1), E]
        if (encoder.HasClassToken) tokens = tokens.narrow(1, 1, tokens.shape[1] - 1);
        Tensor scores = classify.call(dropout.call(tokens)); // [B, N, K]
        long[] grid = [volumes.shape[0], numClasses, encoder.Grid.X, encoder.Grid.Y, encoder.Grid.Z];
        Tensor coarse = scores.transpose(1, 2).reshape(grid); // [B, K, x, y, z]
        return nn.functional.interpolate(coarse, volumes.shape[2..], mode: InterpolationMode.Nearest).MoveToOuterDisposeScope(); // [B, K, X, Y, Z]
    }
}

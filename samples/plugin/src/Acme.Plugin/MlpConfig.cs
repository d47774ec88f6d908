using HiEndMae.Imaging;

namespace Acme.Plugin;

/// <summary>Tokens of patches that never see one another: a multi-layer perceptron per patch.</summary>
[Component(Slot.Encoder, "acme-mlp"), Gives(Features.Tokens)]
public sealed partial record MlpConfig : ICropRule
{
    /// <summary>Token width E.</summary>
    [Range(1, 8192)]
    public int EmbedDim { get; init; } = 48;

    /// <summary>Blocks.</summary>
    [Range(1, 64)]
    public int Depth { get; init; } = 4;

    /// <summary>Edge of a patch in voxels.</summary>
    [Range(1, 64), Divides("pretrain.data.crop", "finetune.data.crop")]
    public int PatchSize { get; init; } = 8;

    /// <inheritdoc/>
    public string? RefusalOf(Size3 crop, EncoderUse use) => CropRule.Multiple("acme-mlp", crop, Size3.Cube(PatchSize));
}

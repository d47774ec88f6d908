using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SparK: a convolutional encoder sees visible cells alone, and a light decoder restores the hidden ones (Tian et al., arXiv:2301.03580, in 3D). Defaults are the official run's.</summary>
[Component(Slot.Decoder, "spark")]
public sealed partial record SparkConfig
{
    /// <summary>Channels of the decoder at the coarsest level; halved at each step.</summary>
    [Range(1, 8192)]
    public int DecoderWidth { get; init; } = 768;

    /// <summary>Norm of visible features before hidden ones are filled: layer (official with ConvNeXt), batch (with ResNet) or none.</summary>
    public DensifyNorm DensifyNorm { get; init; } = DensifyNorm.Layer;
}

using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>SparK: a convolutional encoder sees only the visible cells, and a light decoder restores the hidden ones (Tian et al., arXiv:2301.03580, in 3D). The defaults are those of the official run.</summary>
[Component(Slot.Decoder, "spark"), Reads(Features.Pyramid)]
public sealed partial record SparkConfig
{
    /// <summary>Channels of the decoder at the coarsest level. Each step halves them.</summary>
    [Range(1, 8192)]
    public int DecoderWidth { get; init; } = 768;

    /// <summary>Normalisation of visible features before hidden cells are filled: layer (official with ConvNeXt), batch (official with ResNet) or none.</summary>
    public DensifyNorm DensifyNorm { get; init; } = DensifyNorm.Layer;
}

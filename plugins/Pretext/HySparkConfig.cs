using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>HySparK: SparK with a transformer at the coarsest level of the encoder and a decoder that concatenates levels (Tang et al., arXiv:2408.05815). Each sample has its own mask.</summary>
[Component(Slot.Decoder, "hyspark"), Reads(Features.Pyramid)]
public sealed partial record HySparkConfig
{
    /// <summary>Channels of the decoder at the coarsest level. Each step halves them.</summary>
    [Range(1, 8192)]
    public int DecoderWidth { get; init; } = 768;
}

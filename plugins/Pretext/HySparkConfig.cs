using HiEndMae.Configuration;

namespace HiEndMae.Plugins.Pretext;

/// <summary>HySparK: SparK with a transformer at the bottom of its encoder and a decoder that joins levels by concatenation (Tang et al., arXiv:2408.05815). Each sample is masked by itself.</summary>
[Component(Slot.Decoder, "hyspark")]
public sealed partial record HySparkConfig
{
    /// <summary>Channels of the decoder at the coarsest level; halved at each step.</summary>
    [Range(1, 8192)]
    public int DecoderWidth { get; init; } = 768;
}

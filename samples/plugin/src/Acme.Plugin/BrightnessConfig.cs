namespace Acme.Plugin;

/// <summary>Learns to tell by how much a crop was brightened.</summary>
[Component(Slot.Decoder, "acme-brightness"), Reads(Features.Tokens)]
public sealed partial record BrightnessConfig
{
    /// <summary>Largest change of the intensities.</summary>
    [Range(0.01, 1.0)]
    public double Most { get; init; } = 0.3;
}

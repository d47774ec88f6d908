using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Testing;

/// <summary>Settings with which <see cref="ComponentConformance"/> tests a component.</summary>
public sealed record ConformanceOptions
{
    /// <summary>Size of a crop in voxels. Default: 32 along each axis.</summary>
    public Size3 Crop { get; init; } = Size3.Cube(32);

    /// <summary>Image channels C. Default: 1.</summary>
    public int Channels { get; init; } = 1;

    /// <summary>Classes K of a head, background included. Default: 3.</summary>
    public int NumClasses { get; init; } = 3;

    /// <summary>Samples B of a batch. Default: 2. Batches with one more sample and with a single sample are tested as well.</summary>
    public int Batch { get; init; } = 2;

    /// <summary>Fraction of the tokens that is hidden, for encoders and pretext tasks. Default: 0.75.</summary>
    public double MaskRatio { get; init; } = 0.75;

    /// <summary>The encoder with which a head or a pretext task is tested. Default: a small encoder of tokens, or a small pyramid if the component does not take tokens.</summary>
    public IComponentConfig? Encoder { get; init; }

    /// <summary>Full names of parameters that need not get a gradient, such as those of a branch that this config does not use.</summary>
    public IReadOnlyCollection<string> Untrained { get; init; } = [];

    /// <summary>Whether forward and backward passes in bfloat16 are tested. Default: true.</summary>
    public bool Bfloat16 { get; init; } = true;
}

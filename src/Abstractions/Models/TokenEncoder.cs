using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>An encoder of non-overlapping patches that can be run on the visible ones alone.</summary>
public abstract class TokenEncoder : Encoder
{
    /// <summary>Creates the module.</summary>
    protected TokenEncoder(string name) : base(name)
    {
    }

    /// <summary>Widths, depth and patch grid.</summary>
    public abstract TokenEncoderInfo TokenInfo { get; }

    /// <inheritdoc/>
    public sealed override EncoderInfo Info => TokenInfo;

    /// <summary>Encodes the visible patches; nothing is computed for the others.</summary>
    /// <param name="patches">[B, N, px * py * pz * C], every patch in x-major order, flattened as (px, py, pz, channel).</param>
    /// <param name="mask">Which of the N are visible.</param>
    /// <param name="hiddenBlocks">Blocks whose raw outputs are wanted.</param>
    public abstract TokenFeatures EncodeVisible(Tensor patches, TokenMask mask, IReadOnlyCollection<int> hiddenBlocks);
}

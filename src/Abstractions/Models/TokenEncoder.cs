using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>An encoder of non-overlapping patches that can encode the visible patches alone.</summary>
public abstract class TokenEncoder : Encoder
{
    /// <summary>Creates the module.</summary>
    protected TokenEncoder(string name) : base(name)
    {
    }

    /// <summary>Width, depth and patch grid.</summary>
    public abstract TokenEncoderInfo TokenInfo { get; }

    /// <inheritdoc/>
    public sealed override EncoderInfo Info => TokenInfo;

    /// <summary>Encodes the visible patches. Hidden patches cost nothing.</summary>
    /// <param name="patches">[B, N, px * py * pz * C], every patch in x-major order, flattened as (px, py, pz, channel).</param>
    /// <param name="mask">Which of the N patches are visible.</param>
    /// <param name="hiddenBlocks">Blocks whose raw outputs are returned as well.</param>
    public abstract TokenFeatures EncodeVisible(Tensor patches, TokenMask mask, IReadOnlyCollection<int> hiddenBlocks);
}

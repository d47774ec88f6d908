using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>From features to class logits.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, HeadContext context)</c>, which throws a
/// <see cref="PluginException"/> for an encoder of a kind that it cannot read.</remarks>
public abstract class SegmentationHead : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected SegmentationHead(string name) : base(name)
    {
    }

    /// <summary>Blocks of a token encoder whose raw outputs the head reads; empty for pyramids.</summary>
    public abstract IReadOnlyCollection<int> HiddenBlocks { get; }

    /// <summary>Whether the encoder stays as it is (a probe).</summary>
    public virtual bool FreezesEncoder => false;

    /// <summary>Class logits.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], the encoder's input.</param>
    /// <param name="features">The encoder's output.</param>
    /// <returns>[B, K, X, Y, Z].</returns>
    public abstract Tensor Segment(Tensor volumes, EncoderFeatures features);
}

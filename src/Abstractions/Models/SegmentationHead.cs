using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>Turns the features of an encoder into class logits.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, HeadContext context)</c>, which throws a
/// <see cref="PluginException"/> if it cannot read the encoder's features.</remarks>
public abstract class SegmentationHead : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected SegmentationHead(string name) : base(name)
    {
    }

    /// <summary>Blocks of a token encoder whose raw outputs the head reads. Empty for pyramids.</summary>
    public abstract IReadOnlyCollection<int> HiddenBlocks { get; }

    /// <summary>Whether the encoder is not trained (a probe).</summary>
    public virtual bool FreezesEncoder => false;

    /// <summary>Computes class logits.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], the input of the encoder.</param>
    /// <param name="features">The encoder's output.</param>
    /// <returns>[B, K, X, Y, Z].</returns>
    public abstract Tensor Segment(Tensor volumes, EncoderFeatures features);
}

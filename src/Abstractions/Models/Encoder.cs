using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>A feature extractor for volumes [B, C, X, Y, Z]. Derive from <see cref="TokenEncoder"/> or <see cref="PyramidEncoder"/>.</summary>
/// <remarks>An implementation has one constructor, <c>(TConfig config, EncoderContext context)</c>.</remarks>
public abstract class Encoder : nn.Module
{
    /// <summary>Creates the module.</summary>
    protected Encoder(string name) : base(name)
    {
    }

    /// <summary>The properties from which decoders and heads are built.</summary>
    public abstract EncoderInfo Info { get; }

    /// <summary>Encodes whole volumes.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
    /// <param name="hiddenBlocks">Blocks whose raw outputs are returned as well. Pyramids ignore it and return every level.</param>
    public abstract EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks);

    /// <summary>Returns the depth of a parameter for layer-wise learning-rate decay: 0 for the stem, i + 1 for block i.</summary>
    public virtual int LayerOf(string parameterName) => 0;
}

using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>Properties of an encoder that a decoder or head needs to be built for it.</summary>
/// <param name="InChannels">Image channels C.</param>
public abstract record EncoderInfo(int InChannels);

/// <summary>Properties of an encoder of patch tokens.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="EmbedDim">Token width E.</param>
/// <param name="Depth">Number of blocks.</param>
/// <param name="PatchSize">Size of a patch in voxels along x, y, z.</param>
/// <param name="Grid">Number of patches of a crop along x, y, z. N = Grid.Count; patches are in x-major order.</param>
/// <param name="HasClassToken">Whether token 0 is a class token, before the N patch tokens.</param>
public sealed record TokenEncoderInfo(int InChannels, int EmbedDim, int Depth, Size3 PatchSize, Size3 Grid, bool HasClassToken)
    : EncoderInfo(InChannels);

/// <summary>Properties of a convolutional or windowed encoder with feature maps at several strides.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Levels">Levels, finest first.</param>
public sealed record PyramidEncoderInfo(int InChannels, IReadOnlyList<PyramidLevel> Levels) : EncoderInfo(InChannels)
{
    /// <summary>Whether the levels come from a path from coarse to fine, such as a U-Net's way up: the finest one has seen all others then.</summary>
    public bool IsTopDown { get; init; }

    /// <summary>Whether the encoder can be run on visible cells alone (<see cref="IMaskedEncoder"/>).</summary>
    public bool TakesCells { get; init; }

    /// <summary>Width of the embeddings of volumes and slices, if the encoder is an <see cref="ISliceEncoder"/>. Null otherwise.</summary>
    public int? SliceEmbedding { get; init; }

    /// <inheritdoc/>
    public bool Equals(PyramidEncoderInfo? other) => other is not null && InChannels == other.InChannels && IsTopDown == other.IsTopDown && TakesCells == other.TakesCells && SliceEmbedding == other.SliceEmbedding && Levels.SequenceEqual(other.Levels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(InChannels, IsTopDown, Levels.Count);
}

/// <summary>One level of a feature pyramid.</summary>
/// <param name="Channels">Number of channels.</param>
/// <param name="Stride">Input voxels per output voxel along x, y, z; a level of a crop that is not a multiple of it is rounded up.</param>
public sealed record PyramidLevel(int Channels, Size3 Stride);

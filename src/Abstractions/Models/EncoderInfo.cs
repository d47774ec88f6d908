using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>What a decoder or head must know of an encoder to be built for it.</summary>
/// <param name="InChannels">Image channels C.</param>
public abstract record EncoderInfo(int InChannels);

/// <summary>An encoder of patch tokens: one width, many blocks.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="EmbedDim">Token width E.</param>
/// <param name="Depth">Blocks.</param>
/// <param name="PatchSize">Voxels of a patch along x, y, z.</param>
/// <param name="Grid">Patches of a crop along x, y, z; N = Grid.Count, in x-major order.</param>
/// <param name="HasClassToken">Whether token 0 is a class token, before the N patch tokens.</param>
public sealed record TokenEncoderInfo(int InChannels, int EmbedDim, int Depth, Size3 PatchSize, Size3 Grid, bool HasClassToken)
    : EncoderInfo(InChannels);

/// <summary>A convolutional or windowed encoder: feature maps at several strides.</summary>
/// <param name="InChannels">Image channels C.</param>
/// <param name="Levels">Finest first.</param>
public sealed record PyramidEncoderInfo(int InChannels, IReadOnlyList<PyramidLevel> Levels) : EncoderInfo(InChannels)
{
    /// <summary>Whether the levels come from a path from coarse to fine, such as a U-Net's way up: the finest one has seen all others then.</summary>
    public bool IsTopDown { get; init; }

    /// <inheritdoc/>
    public bool Equals(PyramidEncoderInfo? other) => other is not null && InChannels == other.InChannels && IsTopDown == other.IsTopDown && Levels.SequenceEqual(other.Levels);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(InChannels, IsTopDown, Levels.Count);
}

/// <summary>One level of a feature pyramid.</summary>
/// <param name="Channels">Width of the level.</param>
/// <param name="Stride">Input voxels per output voxel along x, y, z; a level of a crop that is no multiple is rounded up.</param>
public sealed record PyramidLevel(int Channels, Size3 Stride);

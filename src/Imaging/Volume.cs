namespace HiEndMae.Imaging;

/// <summary>A volume in memory: [C, X, Y, Z] in one array, z fastest, with its geometry.</summary>
/// <typeparam name="T">Voxel type: float for intensities, ushort for labels.</typeparam>
public sealed class Volume<T> where T : unmanaged
{
    /// <summary>Wraps <paramref name="voxels"/> without copying.</summary>
    /// <param name="channels">Number of channels, at least 1.</param>
    /// <param name="size">Number of voxels along x, y, z.</param>
    /// <param name="affine">Maps voxel indices to world mm, RAS+.</param>
    /// <param name="voxels">channels * size.Count values, z fastest.</param>
    /// <exception cref="ArgumentException">The array has a different length.</exception>
    public Volume(int channels, Size3 size, Affine affine, T[] voxels)
    {
        ArgumentNullException.ThrowIfNull(voxels);
        if (voxels.LongLength != channels * size.Count)
            throw new ArgumentException($"{voxels.LongLength} voxels do not fill {channels} x {size}.", nameof(voxels));
        Channels = channels;
        Size = size;
        Affine = affine;
        Voxels = voxels;
    }

    /// <summary>Number of channels C.</summary>
    public int Channels { get; }

    /// <summary>Number of voxels along x, y, z.</summary>
    public Size3 Size { get; }

    /// <summary>Maps voxel indices to world mm, RAS+.</summary>
    public Affine Affine { get; }

    /// <summary>The values [C, X, Y, Z], z fastest.</summary>
    public T[] Voxels { get; }

    /// <summary>The values of one channel, [X, Y, Z].</summary>
    public Span<T> Channel(int channel) => Voxels.AsSpan(checked((int)(channel * Size.Count)), checked((int)Size.Count));
}

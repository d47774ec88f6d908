namespace HiEndMae.Imaging;

/// <summary>Resamples volumes to another grid with the conventions of MONAI 1.2 (Spacing, border padding, no corner alignment).</summary>
/// <remarks>Positions are computed in double precision. If the axes of both grids are parallel, in any order and direction, planes are blended with vector instructions;
/// otherwise it works voxel by voxel.</remarks>
public static class Resampler
{
    /// <summary>Resamples a volume to another spacing along its own axes, trilinearly. Returns the volume itself if it has the spacing already.</summary>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public static Volume<float> Resample(Volume<float> volume, Spacing3 spacing)
    {
        ArgumentNullException.ThrowIfNull(volume);
        (Size3 size, Affine affine) = SpacingGrid.Of(volume.Size, volume.Affine, spacing);
        return Resample(volume, size, affine);
    }

    /// <summary>Does <see cref="Resample(Volume{float}, Spacing3)"/> and <see cref="IntensityWindow.Apply"/> in one pass. If the volume has the spacing already, its voxels are overwritten.</summary>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public static Volume<float> Resample(Volume<float> volume, Spacing3 spacing, (double Low, double High) window)
    {
        ArgumentNullException.ThrowIfNull(volume);
        (Size3 size, Affine affine) = SpacingGrid.Of(volume.Size, volume.Affine, spacing);
        Volume<float> target = Fill(volume, size, affine, window);
        if (ReferenceEquals(target, volume)) IntensityWindow.Apply(target.Voxels, window.Low, window.High);
        return target;
    }

    /// <summary>Resamples a label map to another spacing along its own axes, to the nearest voxel.</summary>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public static Volume<ushort> ResampleNearest(Volume<ushort> volume, Spacing3 spacing)
    {
        ArgumentNullException.ThrowIfNull(volume);
        (Size3 size, Affine affine) = SpacingGrid.Of(volume.Size, volume.Affine, spacing);
        return ResampleNearest(volume, size, affine);
    }

    /// <summary>Resamples a volume to a grid, trilinearly, with border values outside. Returns the volume itself if it has the grid already.</summary>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public static Volume<float> Resample(Volume<float> volume, Size3 size, Affine affine)
    {
        ArgumentNullException.ThrowIfNull(volume);
        return Fill(volume, size, affine, window: null);
    }

    /// <summary>Resamples a volume to the grid of another one, trilinearly, with border values outside, and overwrites the voxels of that one.</summary>
    /// <param name="volume">The source.</param>
    /// <param name="target">Has as many channels as the source.</param>
    /// <exception cref="ArgumentException">The numbers of channels differ.</exception>
    public static void ResampleInto(Volume<float> volume, Volume<float> target)
    {
        ArgumentNullException.ThrowIfNull(volume);
        ArgumentNullException.ThrowIfNull(target);
        if (volume.Channels != target.Channels) throw new ArgumentException($"A volume of {volume.Channels} channels cannot be resampled into one of {target.Channels}.", nameof(target));
        GridMap map = GridMap.Between(volume.Size, volume.Affine, target.Size, target.Affine);
        if (map.IsIdentity) volume.Voxels.CopyTo(target.Voxels, 0);
        else Fill(volume, target, map, window: null);
    }

    /// <summary>Resamples a label map to a grid, to the nearest voxel; halves round to the even index as in libtorch. Returns the label map itself if it has the grid already.</summary>
    /// <exception cref="VolumeException">The result would be too large.</exception>
    public static Volume<ushort> ResampleNearest(Volume<ushort> volume, Size3 size, Affine affine)
    {
        ArgumentNullException.ThrowIfNull(volume);
        GridMap map = GridMap.Between(volume.Size, volume.Affine, size, affine);
        if (map.IsIdentity) return volume;
        var target = new Volume<ushort>(volume.Channels, size, affine, GC.AllocateUninitializedArray<ushort>(Length(volume.Channels, size)));
        if (map.Axes is { } axes) NearestVoxels.Fill(volume, target, axes);
        else NearestVoxels.Fill(volume, target, map.ToSource);
        return target;
    }

    private static Volume<float> Fill(Volume<float> volume, Size3 size, Affine affine, (double Low, double High)? window)
    {
        GridMap map = GridMap.Between(volume.Size, volume.Affine, size, affine);
        if (map.IsIdentity) return volume;
        var target = new Volume<float>(volume.Channels, size, affine, GC.AllocateUninitializedArray<float>(Length(volume.Channels, size)));
        Fill(volume, target, map, window);
        return target;
    }

    private static void Fill(Volume<float> volume, Volume<float> target, GridMap map, (double Low, double High)? window)
    {
        if (map.Axes is { } axes)
        {
            TrilinearPlanes.Fill(volume, target, axes, window);
            return;
        }
        TrilinearVoxels.Fill(volume, target, map.ToSource);
        if (window is { } bounds) IntensityWindow.Apply(target.Voxels, bounds.Low, bounds.High);
    }

    private static int Length(int channels, Size3 size) => channels * (double)size.X * size.Y * size.Z <= Array.MaxLength
        ? (int)(channels * size.Count)
        : throw new VolumeException($"A volume cannot be resampled to {size} voxels in {channels} channels, because that is too large; choose a larger spacing.");
}

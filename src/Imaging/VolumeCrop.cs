namespace HiEndMae.Imaging;

/// <summary>Cuts boxes out of volumes.</summary>
public static class VolumeCrop
{
    /// <summary>Copies the voxels of a box; the affine follows. A box that holds the whole volume gives that volume back, without a copy.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The box does not lie within the volume.</exception>
    public static Volume<T> Cut<T>(Volume<T> volume, VoxelBox box) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        Size3 from = volume.Size, to = box.Size;
        if (!box.IsWithin(from)) throw new ArgumentOutOfRangeException(nameof(box), $"A box of {box} does not lie within a volume of {from} voxels.");
        if (box == VoxelBox.Whole(from)) return volume;
        var voxels = GC.AllocateUninitializedArray<T>(checked((int)(volume.Channels * to.Count)));
        Parallel.For(0, volume.Channels * to.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, to.X);
            ReadOnlySpan<T> source = volume.Channel(channel);
            Span<T> target = voxels.AsSpan(plane * to.Y * to.Z, to.Y * to.Z);
            for (int y = 0; y < to.Y; y++)
            {
                int row = ((box.X + x) * from.Y + box.Y + y) * from.Z + box.Z;
                source.Slice(row, to.Z).CopyTo(target[(y * to.Z)..]);
            }
        });
        VolumeGrid grid = new VolumeGrid(from, volume.Affine).Cut(box);
        return new Volume<T>(volume.Channels, grid.Size, grid.Affine, voxels);
    }
}

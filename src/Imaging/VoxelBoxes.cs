namespace HiEndMae.Imaging;

/// <summary>Boxes of volumes: cropping, padding, and both at once.</summary>
public static class VoxelBoxes
{
    /// <summary>The voxels of a box, with the affine of its first voxel; what lies beyond the volume has the given value. The whole volume gives itself back.</summary>
    /// <exception cref="VolumeException">The box is empty or too large.</exception>
    public static Volume<T> Cut<T>(Volume<T> volume, VoxelBox box, T beyond = default) where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(volume);
        Size3 from = volume.Size, to = box.Size;
        if (box == VoxelBox.Whole(from)) return volume;
        if (to.X < 1 || to.Y < 1 || to.Z < 1 || volume.Channels * (double)to.X * to.Y * to.Z > Array.MaxLength) throw new VolumeException($"A volume of {from} voxels cannot be cut to {to}.");
        var voxels = GC.AllocateUninitializedArray<T>(checked((int)(volume.Channels * to.Count)));
        // The part of a row along z that both have.
        int first = Math.Max(0, -box.Z), length = Math.Max(0, Math.Min(to.Z, from.Z - box.Z) - first);
        Parallel.For(0, volume.Channels * to.X, plane =>
        {
            (int channel, int x) = Math.DivRem(plane, to.X);
            ReadOnlySpan<T> source = volume.Channel(channel);
            Span<T> target = voxels.AsSpan(plane * to.Y * to.Z, to.Y * to.Z);
            int sx = x + box.X;
            if (sx < 0 || sx >= from.X || length == 0)
            {
                target.Fill(beyond);
                return;
            }
            for (int y = 0; y < to.Y; y++)
            {
                Span<T> row = target.Slice(y * to.Z, to.Z);
                int sy = y + box.Y;
                if (sy < 0 || sy >= from.Y)
                {
                    row.Fill(beyond);
                    continue;
                }
                row[..first].Fill(beyond);
                source.Slice((sx * from.Y + sy) * from.Z + box.Z + first, length).CopyTo(row[first..]);
                row[(first + length)..].Fill(beyond);
            }
        });
        VolumeGrid grid = new VolumeGrid(from, volume.Affine).Cut(box);
        return new Volume<T>(volume.Channels, grid.Size, grid.Affine, voxels);
    }
}

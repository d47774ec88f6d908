namespace HiEndMae.Imaging.Tests;

/// <summary>Boxes, foreground, and label maps that follow their images.</summary>
public sealed class PreparationPlanTests
{
    // Left-posterior-superior with axes permuted, 2 x 1.5 x 3 mm.
    private static readonly Affine Stored = new(0, -1.5, 0, 40, 0, 0, -3, 60, 2, 0, 0, -20);

    [Fact]
    public void A_box_is_cut_out_with_its_affine()
    {
        var size = new Size3(3, 7, 9);
        var volume = new Volume<ushort>(2, size, Stored, [.. Enumerable.Range(1, 2 * (int)size.Count).Select(i => (ushort)i)]);
        var box = new VoxelBox(1, 2, 3, new Size3(2, 5, 4));
        Volume<ushort> cut = VolumeCrop.Cut(volume, box);
        Assert.Equal(Stored.Apply(1, 2, 3), cut.Affine.Apply(0, 0, 0));
        Assert.Equal(Stored.Spacing, cut.Affine.Spacing);
        for (int c = 0; c < 2; c++)
        {
            for (int x = 0; x < 2; x++)
            {
                for (int y = 0; y < 5; y++)
                {
                    for (int z = 0; z < 4; z++)
                        Assert.Equal(volume.Voxels[((c * 3 + x + 1) * 7 + y + 2) * 9 + z + 3], cut.Voxels[((c * 2 + x) * 5 + y) * 4 + z]);
                }
            }
        }
        Assert.Same(volume, VolumeCrop.Cut(volume, VoxelBox.Whole(size)));
        Assert.Throws<ArgumentOutOfRangeException>(() => VolumeCrop.Cut(volume, new VoxelBox(0, 0, 0, new Size3(0, 1, 1))));
        Assert.Throws<ArgumentOutOfRangeException>(() => VolumeCrop.Cut(volume, new VoxelBox(2, 0, 0, new Size3(2, 1, 1))));
    }

    [Fact]
    public void The_foreground_box_equals_that_of_a_search_through_every_voxel()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var size = new Size3(random.Next(1, 9), random.Next(1, 9), random.Next(1, 70));
            int channels = random.Next(1, 3);
            var volume = new Volume<float>(channels, size, Stored, new float[channels * size.Count]);
            for (int i = random.Next(6); i > 0; i--) volume.Voxels[random.Next(volume.Voxels.Length)] = random.Next(4) == 0 ? float.NaN : (float)random.NextDouble() + 0.01f;
            var seen = volume.Voxels.Index().Where(entry => entry.Item > 0).Select(entry => entry.Index % (int)size.Count)
                .Select(at => (X: at / (size.Y * size.Z), Y: at / size.Z % size.Y, Z: at % size.Z)).ToList();
            VoxelBox? box = Foreground.Box(volume);
            if (seen.Count == 0)
            {
                Assert.Null(box);
                continue;
            }
            int[] low = [seen.Min(p => p.X), seen.Min(p => p.Y), seen.Min(p => p.Z)], high = [seen.Max(p => p.X), seen.Max(p => p.Y), seen.Max(p => p.Z)];
            for (int axis = 0; axis < 3; axis++)
            {
                Assert.Equal((low[axis], high[axis] - low[axis] + 1), (box!.Value[axis], box.Value.Size[axis]));
            }
        }
    }

    [Fact]
    public void A_label_map_follows_its_image_voxel_for_voxel()
    {
        var size = new Size3(12, 14, 10);
        var image = new Volume<float>(1, size, Stored, new float[size.Count]);
        var label = new Volume<ushort>(1, size, Stored, new ushort[size.Count]);
        var random = new Random(2);
        Array.Fill(image.Voxels, -1000);
        for (int x = 3; x < 9; x++)
        {
            for (int y = 2; y < 12; y++)
            {
                for (int z = 4; z < 8; z++)
                {
                    // The intensity says which label belongs to it.
                    int at = (x * size.Y + y) * size.Z + z, value = random.Next(1, 30);
                    image.Voxels[at] = value;
                    label.Voxels[at] = (ushort)value;
                }
            }
        }
        (Volume<float> prepared, PreparationTrace trace) = new PreparationPlan(null, (0, 100)) { CropForeground = true }.Prepare(image);
        Assert.Equal(trace.Prepared, new VolumeGrid(prepared.Size, prepared.Affine));
        Assert.Equal(new Size3(10, 4, 6), prepared.Size); // RAS+ x, y, z are the stored axes y, z, x
        Volume<ushort> followed = trace.PrepareLabel(label);
        Assert.Equal((prepared.Size, prepared.Affine), (followed.Size, followed.Affine));
        Assert.Equal(followed.Voxels.Select(value => value / 100f), prepared.Voxels);
    }

    [Fact]
    public void An_image_without_foreground_stays_whole()
    {
        var image = new Volume<float>(1, Size3.Cube(4), Affine.FromSpacing(Spacing3.Isotropic(1.5)), new float[64]);
        Assert.Equal(Size3.Cube(4), new PreparationPlan(Spacing3.Isotropic(1.5), null) { CropForeground = true }.Prepare(image).Image.Size);
    }

    [Fact]
    public void A_resized_image_keeps_the_places_of_its_corners()
    {
        // A linear image stays linear, so its values say where each voxel was read: at i * (n - 1) / (m - 1).
        Size3 size = new(9, 7, 5), wanted = new(5, 13, 9);
        var image = new Volume<float>(1, size, Affine.FromSpacing(new Spacing3(1, 2, 3)), new float[size.Count]);
        for (int x = 0, at = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++) image.Voxels[at++] = 1 + x + (10 * y) + (100 * z);
            }
        }
        Volume<float> resized = new PreparationPlan(null, (0, 1000)) { CropForeground = true, Resize = wanted }.Prepare(image).Image;
        Assert.Equal(wanted, resized.Size);
        for (int x = 0, at = 0; x < wanted.X; x++)
        {
            for (int y = 0; y < wanted.Y; y++)
            {
                for (int z = 0; z < wanted.Z; z++) Assert.Equal((1 + (2 * x) + (10 * y / 2.0) + (100 * z / 2.0)) / 1000, resized.Voxels[at++], 1e-6);
            }
        }
        Assert.Equal(new Spacing3(2, 1, 1.5), resized.Affine.Spacing);
    }

    [Fact]
    public void A_label_map_of_another_grid_is_refused()
    {
        var size = new Size3(12, 14, 10);
        PreparationTrace trace = new PreparationPlan(Spacing3.Isotropic(2), null).Prepare(new Volume<float>(1, size, Stored, new float[size.Count])).Trace;
        Assert.Contains("12x14x11", Assert.Throws<VolumeException>(() => trace.PrepareLabel(new Volume<ushort>(1, new Size3(12, 14, 11), Stored, new ushort[12 * 14 * 11]))).Message);
        Assert.Contains("1 mm at the corners", Assert.Throws<VolumeException>(() => trace.PrepareLabel(new Volume<ushort>(1, size, Stored with { M03 = 41 }, new ushort[size.Count]))).Message);
        // What single precision and rounded headers leave is the same grid.
        Assert.Equal(trace.Prepared.Size, trace.PrepareLabel(new Volume<ushort>(1, size, Stored with { M03 = 40.01 }, new ushort[size.Count])).Size);
    }
}

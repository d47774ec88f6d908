namespace HiEndMae.Imaging.Tests;

/// <summary>Boxes, foreground, padding, and the way back from them.</summary>
public sealed class PreparationPlanTests
{
    // Left-posterior-superior with axes permuted, 2 x 1.5 x 3 mm.
    private static readonly Affine Stored = new(0, -1.5, 0, 40, 0, 0, -3, 60, 2, 0, 0, -20);

    [Fact]
    public void A_box_takes_its_affine_along_and_fills_what_lies_beyond()
    {
        var size = new Size3(3, 4, 5);
        var volume = new Volume<ushort>(2, size, Stored, [.. Enumerable.Range(1, 2 * (int)size.Count).Select(i => (ushort)i)]);
        var box = new VoxelBox(-1, 2, 3, new Size3(3, 5, 4));
        Volume<ushort> cut = VoxelBoxes.Cut(volume, box, (ushort)9999);
        Assert.Equal(Stored.Apply(-1, 2, 3), cut.Affine.Apply(0, 0, 0));
        Assert.Equal(Stored.Spacing, cut.Affine.Spacing);
        for (int c = 0; c < 2; c++)
        {
            for (int x = 0; x < 3; x++)
            {
                for (int y = 0; y < 5; y++)
                {
                    for (int z = 0; z < 4; z++)
                    {
                        (int sx, int sy, int sz) = (x - 1, y + 2, z + 3);
                        int expected = sx < 0 || sy >= 4 || sz >= 5 ? 9999 : volume.Voxels[((c * 3 + sx) * 4 + sy) * 5 + sz];
                        Assert.Equal(expected, cut.Voxels[((c * 3 + x) * 5 + y) * 4 + z]);
                    }
                }
            }
        }
        Assert.Same(volume, VoxelBoxes.Cut(volume, VoxelBox.Whole(size)));
        Assert.Throws<VolumeException>(() => VoxelBoxes.Cut(volume, new VoxelBox(0, 0, 0, new Size3(0, 1, 1))));
    }

    [Theory]
    [InlineData(5, 8, 1)] // 3 added: 1 before, 2 behind, as numpy's pad of MONAI's SpatialPad
    [InlineData(5, 9, 2)]
    [InlineData(9, 5, 0)]
    public void Padding_is_symmetric_with_the_odd_voxel_behind(int edge, int least, int before)
    {
        VoxelBox box = VoxelBox.PadTo(Size3.Cube(edge), Size3.Cube(least));
        Assert.Equal(new VoxelBox(-before, -before, -before, Size3.Cube(Math.Max(edge, least))), box);
    }

    [Fact]
    public void The_foreground_is_found_as_by_looking_at_every_voxel()
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var size = new Size3(random.Next(1, 9), random.Next(1, 9), random.Next(1, 70));
            int channels = random.Next(1, 3), margin = random.Next(3);
            var volume = new Volume<float>(channels, size, Stored, new float[channels * size.Count]);
            for (int i = random.Next(6); i > 0; i--) volume.Voxels[random.Next(volume.Voxels.Length)] = random.Next(4) == 0 ? float.NaN : (float)random.NextDouble() + 0.01f;
            var seen = volume.Voxels.Index().Where(entry => entry.Item > 0).Select(entry => entry.Index % (int)size.Count)
                .Select(at => (X: at / (size.Y * size.Z), Y: at / size.Z % size.Y, Z: at % size.Z)).ToList();
            VoxelBox? box = Foreground.Box(volume, 0, margin);
            if (seen.Count == 0)
            {
                Assert.Null(box);
                continue;
            }
            int[] low = [seen.Min(p => p.X), seen.Min(p => p.Y), seen.Min(p => p.Z)], high = [seen.Max(p => p.X), seen.Max(p => p.Y), seen.Max(p => p.Z)];
            for (int axis = 0; axis < 3; axis++)
            {
                int first = Math.Max(0, low[axis] - margin), last = Math.Min(size[axis] - 1, high[axis] + margin);
                Assert.Equal((first, last - first + 1), (box!.Value[axis], box.Value.Size[axis]));
            }
        }
    }

    [Fact]
    public void A_prediction_overlays_the_stored_scan_voxel_for_voxel()
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
                    int at = (x * size.Y + y) * size.Z + z;
                    image.Voxels[at] = random.Next(0, 200);
                    label.Voxels[at] = (ushort)random.Next(1, 30);
                }
            }
        }
        // Every stored voxel lies on one of the finer grid, so the way there and back loses nothing.
        var plan = new PreparationPlan(Spacing3.Isotropic(0.5), (-175, 250)) { CropForeground = true, ForegroundMargin = 1, PadTo = new Size3(60, 20, 20) };
        PreparedImage prepared = plan.Prepare(image);
        Assert.Equal(prepared.Trace.Prepared, new VolumeGrid(prepared.Image.Size, prepared.Image.Affine));
        Assert.Equal(60, prepared.Image.Size.X);
        Volume<ushort> followed = prepared.Trace.PrepareLabel(label);
        Assert.Equal((prepared.Image.Size, prepared.Image.Affine), (followed.Size, followed.Affine));
        Volume<ushort> back = prepared.Trace.Invert(followed);
        Assert.Equal((size, Stored), (back.Size, back.Affine));
        Assert.Equal(label.Voxels, back.Voxels);

        Volume<float> probabilities = prepared.Trace.Invert(new Volume<float>(2, followed.Size, followed.Affine, [.. followed.Voxels.Select(value => (float)value), .. followed.Voxels.Select(value => 2f * value)]), beyond: -7);
        Assert.Equal(2, probabilities.Channels);
        for (int at = 0; at < size.Count; at++)
        {
            if (label.Voxels[at] == 0) continue;
            Assert.Equal(label.Voxels[at], probabilities.Voxels[at], 1e-3);
            Assert.Equal(2 * label.Voxels[at], probabilities.Channel(1)[at], 1e-3);
        }
        Assert.Equal(-7, probabilities.Voxels[0]); // beyond the foreground
    }

    [Fact]
    public void Padding_is_zero_even_where_the_scan_goes_on()
    {
        var image = new Volume<float>(1, new Size3(8, 8, 8), Affine.FromSpacing(Spacing3.Isotropic(1)), new float[512]);
        Array.Fill(image.Voxels, -1f);
        image.Voxels[(4 * 8 + 4) * 8 + 4] = 5;
        PreparedImage prepared = new PreparationPlan(null, null) { CropForeground = true, PadTo = Size3.Cube(3) }.Prepare(image);
        Assert.Equal(27, prepared.Image.Voxels.Length);
        Assert.Equal(5, prepared.Image.Voxels.Sum());
        Assert.Equal((3, 3, 3), prepared.Image.Affine.Apply(0, 0, 0));
    }

    [Fact]
    public void An_image_without_foreground_stays_whole()
    {
        var image = new Volume<float>(1, Size3.Cube(4), Affine.FromSpacing(Spacing3.Isotropic(1.5)), new float[64]);
        Assert.Equal(Size3.Cube(4), new PreparationPlan(Spacing3.Isotropic(1.5), null) { CropForeground = true }.Prepare(image).Image.Size);
    }

    [Fact]
    public void A_label_or_prediction_of_another_grid_is_refused()
    {
        var size = new Size3(12, 14, 10);
        PreparationTrace trace = new PreparationPlan(Spacing3.Isotropic(2), null).Prepare(new Volume<float>(1, size, Stored, new float[size.Count])).Trace;
        Assert.Contains("12x14x11", Assert.Throws<VolumeException>(() => trace.PrepareLabel(new Volume<ushort>(1, new Size3(12, 14, 11), Stored, new ushort[12 * 14 * 11]))).Message);
        Assert.Contains("1 mm at the corners", Assert.Throws<VolumeException>(() => trace.PrepareLabel(new Volume<ushort>(1, size, Stored with { M03 = 41 }, new ushort[size.Count]))).Message);
        Assert.Throws<ArgumentException>(() => trace.Invert(new Volume<ushort>(1, size, Stored, new ushort[size.Count])));
        // What single precision and rounded headers leave is the same grid.
        Assert.Equal(trace.Prepared.Size, trace.PrepareLabel(new Volume<ushort>(1, size, Stored with { M03 = 40.01 }, new ushort[size.Count])).Size);
    }
}

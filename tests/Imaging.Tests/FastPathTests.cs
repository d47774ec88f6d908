namespace HiEndMae.Imaging.Tests;

/// <summary>What vectors do is what a loop over single values does.</summary>
public sealed class FastPathTests
{
    [Fact]
    public void Slabs_are_turned_voxel_by_voxel()
    {
        var random = new Random(6);
        for (int round = 0; round < 60; round++)
        {
            var size = new Size3(random.Next(1, 40), random.Next(1, 9), random.Next(1, 50));
            int z = random.Next(size.Z), planes = random.Next(1, size.Z - z + 1);
            Check<float>(size, z, planes, i => i);
            Check<ushort>(size, z, planes, i => (ushort)i);
            Check<double>(size, z, planes, i => i);
        }

        static void Check<T>(Size3 size, int z, int planes, Func<int, T> value) where T : unmanaged
        {
            T[] slab = [.. Enumerable.Range(1, planes * size.X * size.Y).Select(value)];
            var channel = new T[size.Count];
            SlabTranspose.ToVolume(slab, channel, size, z, planes);
            for (int x = 0; x < size.X; x++)
            {
                for (int y = 0; y < size.Y; y++)
                {
                    for (int k = 0; k < size.Z; k++)
                    {
                        T expected = k < z || k >= z + planes ? default : slab[((k - z) * size.Y + y) * size.X + x];
                        Assert.Equal(expected, channel[(x * size.Y + y) * size.Z + k]);
                    }
                }
            }
            var back = new T[slab.Length];
            SlabTranspose.FromVolume(channel, back, size, z, planes);
            Assert.Equal(slab, back);
        }
    }

    [Theory]
    [InlineData(2, 1, 0)]
    [InlineData(2, -2, 7)]
    [InlineData(4, 1, -1024)]
    [InlineData(4, 3, 0.5)] // no whole numbers: by double precision
    [InlineData(512, 2, -9)]
    [InlineData(512, 300, 0)] // too large for it to be exact
    [InlineData(8, 1, 0)]
    [InlineData(8, 2, 1)]
    [InlineData(16, 1, 0)]
    public void Stored_values_become_the_same_intensities_as_in_double_precision(int type, double slope, double intercept)
    {
        var random = new Random(type);
        int width = NiftiVoxels.Width(type)!.Value;
        for (int length = 0; length < 300; length += 7)
        {
            var raw = new byte[length * width];
            random.NextBytes(raw);
            var expected = new float[length];
            for (int i = 0; i < length; i++)
            {
                double stored = type switch
                {
                    2 => (double)raw[i],
                    4 => BitConverter.ToInt16(raw, 2 * i),
                    512 => BitConverter.ToUInt16(raw, 2 * i),
                    8 => BitConverter.ToInt32(raw, 4 * i),
                    _ => BitConverter.ToSingle(raw, 4 * i),
                };
                expected[i] = (float)(stored * slope + intercept);
            }
            var voxels = new float[length];
            NiftiVoxels.ToIntensities(new NiftiHeader(1, new Size3(length, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), type, slope, intercept), raw, voxels);
            Assert.Equal(expected, voxels);
        }
    }

    [Theory]
    [InlineData(4, -1)]
    [InlineData(8, 65536)]
    [InlineData(256, -7)]
    [InlineData(1024, 1L << 40)]
    [InlineData(1280, -1)] // 2^64 - 1
    public void Labels_beyond_16_bits_are_detected(int type, long bad)
    {
        int width = NiftiVoxels.Width(type)!.Value;
        byte[] raw = [.. new long[] { 5, 0, 90, bad, 1 }.SelectMany(value => BitConverter.GetBytes(value)[..width])];
        var header = new NiftiHeader(1, new Size3(5, 1, 1), Affine.FromSpacing(Spacing3.Isotropic(1)), type, 1, 0);
        Assert.Equal(type == 1280 ? ulong.MaxValue : bad, NiftiVoxels.ToLabels(header, raw, new ushort[5]));
        raw.AsSpan(3 * width, width).Clear();
        var labels = new ushort[5];
        Assert.Null(NiftiVoxels.ToLabels(header, raw, labels));
        Assert.Equal([5, 0, 90, 0, 1], labels);
    }

    [Fact]
    public void Windowing_during_resampling_equals_windowing_after_it()
    {
        var size = new Size3(9, 11, 13);
        var random = new Random(8);
        var volume = new Volume<float>(2, size, Affine.FromSpacing(new Spacing3(2, 1.3, 0.7)), [.. Enumerable.Range(0, 2 * (int)size.Count).Select(_ => (float)random.Next(-1000, 1000))]);
        foreach (Spacing3 spacing in (Spacing3[])[Spacing3.Isotropic(1), Spacing3.Isotropic(3), new(2, 1.3, 0.7)])
        {
            Volume<float> after = Resampler.Resample(new Volume<float>(2, size, volume.Affine, [.. volume.Voxels]), spacing);
            IntensityWindow.Apply(after.Voxels, -175, 250);
            Volume<float> within = Resampler.Resample(new Volume<float>(2, size, volume.Affine, [.. volume.Voxels]), spacing, (-175, 250));
            Assert.Equal(after.Voxels, within.Voxels);
        }
    }
}

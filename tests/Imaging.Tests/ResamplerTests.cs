namespace HiEndMae.Imaging.Tests;

/// <summary>Resampling against functions whose values are known everywhere, and against a plain reference.</summary>
public sealed class ResamplerTests
{
    private static readonly Affine Oblique = Turned(0.3, 0.2, 2, 1.5, 3);

    public static TheoryData<string, Affine, Affine> Grids() => new()
    {
        { "coarser", Affine.FromSpacing(new Spacing3(1, 1.5, 2)), new Affine(2.5, 0, 0, 1, 0, 2, 0, 1, 0, 0, 2.2, 1) },
        { "permuted", new Affine(0, -1.5, 0, 20, 0, 0, 1, 0, 2, 0, 0, -3), new Affine(1.2, 0, 0, 2, 0, 0.7, 0, 1, 0, 0, 1.1, 2) },
        { "flipped back", Affine.FromSpacing(new Spacing3(1, 1.5, 2)), new Affine(0, 0, -1.1, 17, -1, 0, 0, 18, 0, 1.3, 0, 1) },
        { "oblique", Oblique, new Affine(1, 0, 0, 12, 0, 1.1, 0, 14, 0, 0, 0.9, 12) },
    };

    [Theory]
    [MemberData(nameof(Grids))]
    public void A_linear_function_of_world_coordinates_is_exact_on_any_grid(string name, Affine from, Affine to)
    {
        var size = new Size3(17, 19, 23);
        var volume = new Volume<float>(2, size, from, new float[2 * size.Count]);
        Fill(volume, (channel, p) => 2 * p.X - 3 * p.Y + 0.5 * p.Z + 100 * channel);
        var target = new Size3(11, 9, 10);
        Volume<float> result = Resampler.Resample(volume, target, to);
        Assert.Equal((2, target, to), (result.Channels, result.Size, result.Affine));
        Affine toSource = from.Inverse().After(to);
        int inside = 0;
        ForEach(target, (x, y, z, at) =>
        {
            (double u, double v, double w) = toSource.Apply(x, y, z);
            if (u < 0 || v < 0 || w < 0 || u > size.X - 1 || v > size.Y - 1 || w > size.Z - 1) return;
            inside++;
            (double px, double py, double pz) = to.Apply(x, y, z);
            for (int channel = 0; channel < 2; channel++)
                Assert.Equal(2 * px - 3 * py + 0.5 * pz + 100 * channel, result.Channel(channel)[at], 1e-3);
        });
        Assert.True(inside > 300, $"{name}: {inside} voxels lie inside");
    }

    [Theory]
    [MemberData(nameof(Grids))]
    public void Noise_is_interpolated_as_by_the_textbook_formula(string name, Affine from, Affine to)
    {
        var random = new Random(5);
        var size = new Size3(17, 19, 23);
        var volume = new Volume<float>(1, size, from, [.. Enumerable.Range(0, (int)size.Count).Select(_ => (float)(random.NextDouble() * 2000 - 1000))]);
        var label = new Volume<ushort>(1, size, from, [.. Enumerable.Range(0, (int)size.Count).Select(_ => (ushort)random.Next(40))]);
        var target = new Size3(13, 12, 14); // reaches over the border
        Volume<float> result = Resampler.Resample(volume, target, to);
        Volume<ushort> nearest = Resampler.ResampleNearest(label, target, to);
        Affine toSource = from.Inverse().After(to);
        ForEach(target, (x, y, z, at) =>
        {
            (double u, double v, double w) = toSource.Apply(x, y, z);
            (u, v, w) = (Math.Clamp(u, 0, size.X - 1), Math.Clamp(v, 0, size.Y - 1), Math.Clamp(w, 0, size.Z - 1));
            double expected = 0;
            for (int i = 0; i < size.X; i++)
            {
                for (int j = 0; j < size.Y; j++)
                {
                    for (int k = 0; k < size.Z; k++)
                    {
                        double weight = Math.Max(0, 1 - Math.Abs(u - i)) * Math.Max(0, 1 - Math.Abs(v - j)) * Math.Max(0, 1 - Math.Abs(w - k));
                        if (weight > 0) expected += weight * volume.Voxels[(i * size.Y + j) * size.Z + k];
                    }
                }
            }
            Assert.True(Math.Abs(expected - result.Voxels[at]) < 1e-2, $"{name} ({x}, {y}, {z}): {result.Voxels[at]} instead of {expected}");
            // Half-way between two voxels either is nearest.
            if (new[] { u, v, w }.Any(place => Math.Abs(place - Math.Floor(place) - 0.5) < 1e-6)) return;
            int index = ((int)Math.Round(u) * size.Y + (int)Math.Round(v)) * size.Z + (int)Math.Round(w);
            Assert.Equal(label.Voxels[index], nearest.Voxels[at]);
        });
    }

    [Fact]
    public void A_constant_is_unchanged_to_the_last_bit()
    {
        var size = new Size3(9, 8, 37);
        foreach (Affine affine in (Affine[])[Affine.FromSpacing(new Spacing3(0.8, 0.9, 2.5)), Oblique])
        {
            var volume = new Volume<float>(1, size, affine, new float[size.Count]);
            Array.Fill(volume.Voxels, -1000.1f);
            Assert.All(Resampler.Resample(volume, Spacing3.Isotropic(1.3)).Voxels, value => Assert.Equal(-1000.1f, value));
        }
    }

    [Fact]
    public void Resampling_to_the_same_spacing_returns_the_volume()
    {
        var volume = new Volume<float>(1, Size3.Cube(4), Affine.FromSpacing(Spacing3.Isotropic(1.5)), new float[64]);
        var label = new Volume<ushort>(1, Size3.Cube(4), volume.Affine, new ushort[64]);
        Assert.Same(volume, Resampler.Resample(volume, Spacing3.Isotropic(1.5)));
        Assert.Same(label, Resampler.ResampleNearest(label, label.Size, label.Affine));
    }

    [Fact]
    public void A_prediction_returns_to_the_grid_of_its_scan()
    {
        // A scan stored LPS at 3 mm, prepared to RAS at 1 mm, and back: every stored voxel lies on a prepared one.
        var size = new Size3(7, 8, 9);
        var stored = new Affine(-3, 0, 0, 40, 0, -3, 0, 50, 0, 0, 3, -10);
        var label = new Volume<ushort>(1, size, stored, [.. Enumerable.Range(0, (int)size.Count).Select(i => (ushort)(i % 17))]);
        Volume<ushort> prepared = Resampler.ResampleNearest(Orientation.ToRas(label), Spacing3.Isotropic(1));
        Assert.Equal(new Size3(19, 22, 25), prepared.Size);
        Assert.Equal(label.Voxels, Resampler.ResampleNearest(prepared, size, stored).Voxels);
    }

    [Fact]
    public void A_result_that_is_too_large_for_memory_is_refused_in_one_sentence()
    {
        var volume = new Volume<float>(1, Size3.Cube(64), Affine.FromSpacing(Spacing3.Isotropic(10)), new float[64 * 64 * 64]);
        Assert.Throws<VolumeException>(() => Resampler.Resample(volume, Spacing3.Isotropic(0.05)));
        Assert.Throws<VolumeException>(() => Resampler.Resample(volume, Spacing3.Isotropic(1e-9)));
    }

    private static void Fill(Volume<float> volume, Func<int, (double X, double Y, double Z), double> value)
    {
        for (int channel = 0; channel < volume.Channels; channel++)
        {
            int c = channel;
            ForEach(volume.Size, (x, y, z, at) => volume.Channel(c)[at] = (float)value(c, volume.Affine.Apply(x, y, z)));
        }
    }

    private static void ForEach(Size3 size, Action<int, int, int, int> visit)
    {
        int at = 0;
        for (int x = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++) visit(x, y, z, at++);
            }
        }
    }

    private static Affine Turned(double aboutZ, double aboutX, double sx, double sy, double sz)
    {
        (double s, double c) = Math.SinCos(aboutZ);
        (double t, double d) = Math.SinCos(aboutX);
        return new Affine(c * sx, -s * d * sy, s * t * sz, 3, s * sx, c * d * sy, -c * t * sz, -2, 0, t * sy, d * sz, 1);
    }
}

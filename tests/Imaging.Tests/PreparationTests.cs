namespace HiEndMae.Imaging.Tests;

/// <summary>Reading, orientation, spacing and window against MONAI 1.2.</summary>
public sealed class PreparationTests
{
    [Theory]
    [InlineData("oblique_lpi_slope", "oblique_lpi_slope.nii.gz")]
    [InlineData("permuted_axes", "permuted_axes.nii")]
    public void Images_are_prepared_as_monai_does(string name, string file) => CheckImage(name, Path.Combine(PreparationGolden.Folder, file));

    [Fact]
    public void Labels_are_prepared_as_monai_does() => CheckLabel("oblique_lpi_slope", Path.Combine(PreparationGolden.Folder, "oblique_lpi_slope_label.nii.gz"));

    [Fact]
    public void A_real_scan_is_prepared_as_monai_does()
    {
        CheckImage("totalsegmentator_example_ct", ScanData.Find("totalsegmentator/example_ct.nii.gz"));
        CheckLabel("totalsegmentator_example_ct", ScanData.Find("totalsegmentator/example_ct_seg.nii.gz"));
    }

    private static void CheckImage(string name, string path)
    {
        var golden = new PreparationGolden(name);
        Volume<float> loaded = NiftiReader.ReadImage(path, CancellationToken.None);
        CheckGrid(golden, "loaded.image", loaded.Size, loaded.Affine, 1e-5);
        Assert.Equal(golden.Sum("loaded.image"), loaded.Voxels.Sum(value => (double)value), Math.Abs(golden.Sum("loaded.image")) * 1e-6);
        Volume<float> ras = Orientation.ToRas(loaded);
        Check(golden, "ras.image", ras, 0);
        Volume<float> spaced = Resampler.Resample(ras, Spacing3.Isotropic(1.5));
        Check(golden, "spaced.image", spaced, 1e-6);
        IntensityWindow.Apply(spaced.Voxels, -175, 250);
        Check(golden, "scaled.image", spaced, 1e-6);
    }

    private static void CheckLabel(string name, string path)
    {
        var golden = new PreparationGolden(name);
        Volume<ushort> ras = Orientation.ToRas(NiftiReader.ReadLabel(path, CancellationToken.None));
        Check(golden, "ras.label", ras, 0);
        Check(golden, "spaced.label", Resampler.ResampleNearest(ras, Spacing3.Isotropic(1.5)), 0);
    }

    private static void Check<T>(PreparationGolden golden, string step, Volume<T> volume, double relative) where T : unmanaged, IConvertible
    {
        CheckGrid(golden, step, volume.Size, volume.Affine, 1e-4);
        (int every, float[] expected) = golden.Voxels(step);
        double scale = expected.Max(Math.Abs), worst = 0;
        int at = 0, different = 0;
        for (int x = 0; x < volume.Size.X; x += every)
        {
            for (int y = 0; y < volume.Size.Y; y += every)
            {
                for (int z = 0; z < volume.Size.Z; z += every, at++)
                {
                    double difference = Math.Abs(volume.Voxels[(x * volume.Size.Y + y) * volume.Size.Z + z].ToDouble(null) - expected[at]);
                    worst = Math.Max(worst, difference);
                    if (difference > relative * scale) different++;
                }
            }
        }
        Assert.Equal(expected.Length, at);
        double sum = 0;
        foreach (T value in volume.Voxels) sum += value.ToDouble(null);
        // Sums take in what lies between every n-th voxel. From 3 to 1.5 mm every second position of a label lies half-way between two voxels:
        // MONAI leaves those to the last bits of its matrix inversion, here they go to the even index.
        Assert.Equal(golden.Sum(step), sum, Math.Abs(golden.Sum(step)) * (step == "spaced.label" ? 5e-3 : relative * 0.01));
        Assert.True(different == 0, $"{step}: {different} of {at} voxels differ, by up to {worst} (largest value {scale})");
    }

    private static void CheckGrid(PreparationGolden golden, string step, Size3 size, Affine affine, double tolerance)
    {
        Assert.Equal(golden.Shape(step), size);
        double[] expected = golden.Affine(step);
        for (int i = 0; i < 12; i++) Assert.Equal(expected[i], affine[i / 4, i % 4], tolerance * Math.Max(1, Math.Abs(expected[i])));
    }
}

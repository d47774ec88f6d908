namespace HiEndMae.Imaging.Tests;

/// <summary>Turning axes moves no voxel in the world.</summary>
public sealed class OrientationTests
{
    [Fact]
    public void All_48_orientations_are_turned_to_RAS_with_every_voxel_in_its_place()
    {
        var size = new Size3(3, 70, 67); // beyond one tile
        foreach (Affine affine in SignedAxes.All())
        {
            var volume = new Volume<int>(2, size, affine, [.. Enumerable.Range(0, (int)size.Count * 2)]);
            Volume<int> ras = Orientation.ToRas(volume);
            for (int axis = 0; axis < 3; axis++) Assert.True(ras.Affine[axis, axis] > 0);
            Affine toStored = affine.Inverse().After(ras.Affine);
            int wrong = 0, at = 0;
            for (int channel = 0; channel < 2; channel++)
            {
                for (int x = 0; x < ras.Size.X; x++)
                {
                    for (int y = 0; y < ras.Size.Y; y++)
                    {
                        for (int z = 0; z < ras.Size.Z; z++)
                        {
                            (double u, double v, double w) = toStored.Apply(x, y, z);
                            int from = (((channel * size.X) + (int)Math.Round(u)) * size.Y + (int)Math.Round(v)) * size.Z + (int)Math.Round(w);
                            if (ras.Voxels[at++] != volume.Voxels[from]) wrong++;
                        }
                    }
                }
            }
            Assert.Equal(0, wrong);
        }
    }

    [Fact]
    public void A_RAS_volume_is_returned_unchanged()
    {
        var volume = new Volume<float>(1, Size3.Cube(2), Affine.FromSpacing(Spacing3.Isotropic(2)), new float[8]);
        Assert.Same(volume, Orientation.ToRas(volume));
    }

    [Theory]
    [InlineData(0.7, "x y z")] // 40 degrees about z: still x first
    [InlineData(0.9, "y x z")] // 52 degrees: y is closer
    public void An_oblique_volume_turns_to_the_closest_axes(double angle, string expected)
    {
        (double s, double c) = Math.SinCos(angle);
        (int[] axes, _) = Orientation.Closest(new Affine(c, -s, 0, 0, s, c, 0, 0, 0, 0, 4, 0));
        Assert.Equal(expected, string.Join(' ', axes.Select(axis => "xyz"[axis])));
    }
}

using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class OrganShapeTests
{
    [Fact]
    public void A_box_has_the_volume_surface_and_elongation_of_a_box()
    {
        var labels = new ushort[10 * 12 * 14];
        for (int x = 2; x < 6; x++)
        {
            for (int y = 1; y < 9; y++)
            {
                for (int z = 0; z < 4; z++) labels[(((x * 12) + y) * 14) + z] = 2;
            }
        }
        // 4 x 8 x 4 voxels of 1 x 2 x 1 mm: 4 x 16 x 4 mm, which touches the border of the volume.
        OrganShape?[] shapes = OrganShape.Of(new Volume<ushort>(1, new Size3(10, 12, 14), Affine.FromSpacing(new Spacing3(1, 2, 1)), labels), 3);
        Assert.Null(shapes[0]);
        Assert.Null(shapes[1]);
        Assert.Equal(0.256, shapes[2]!.VolumeMl, 1e-9);
        Assert.Equal(2 * ((4 * 16) + (4 * 4) + (16 * 4)), shapes[2]!.SurfaceMm2, 1e-9);
        Assert.Equal(4, shapes[2]!.Elongation, 1e-9); // boxes of voxels: exactly 16 over 4
    }
}

using HiEndMae.Engine.Analysis;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Tests.Analysis;

public sealed class MapQueryTests
{
    private static readonly Size3 Crop = Size3.Cube(16);
    private static readonly Size3 Patch = Size3.Cube(4);

    [Fact]
    public void The_crop_is_centred_on_the_query_where_the_case_allows()
    {
        MapQuery middle = MapQuery.At(new Size3(30, 31, 32), Size3.Cube(64), Crop, Patch);
        Assert.Equal(new Size3(20, 21, 22), middle.Start);
        Assert.Equal((2 * 4 + 2) * 4 + 2, middle.Patch); // the voxel is the middle of patch (2, 2, 2)
        MapQuery corner = MapQuery.At(new Size3(1, 63, 5), Size3.Cube(64), Crop, Patch);
        Assert.Equal(new Size3(0, 48, 0), corner.Start);
        Assert.Equal((0 * 4 + 3) * 4 + 1, corner.Patch);
        // A smaller case lies in the middle of the crop, as in training.
        MapQuery small = MapQuery.At(new Size3(3, 0, 0), new Size3(8, 16, 16), Crop, Patch);
        Assert.Equal(-4, small.Start.X);
        Assert.Equal(1, small.Patch / 16);
    }

    [Fact]
    public void A_voxel_outside_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => MapQuery.At(new Size3(0, -1, 0), Size3.Cube(20), Crop, Patch));

    [Fact]
    public void A_query_in_an_organ_lies_where_a_patch_holds_most_of_it()
    {
        var labels = new ushort[20 * 20 * 20];
        // A ring whose centre of gravity lies outside it, with one thick place.
        for (int x = 0; x < 20; x++)
        {
            for (int y = 0; y < 20; y++)
            {
                double radius = Math.Sqrt(((x - 10) * (x - 10)) + ((y - 10) * (y - 10)));
                if (radius is > 6.5 and < 8.5) labels[(((x * 20) + y) * 20) + 10] = 3;
            }
        }
        for (int x = 2; x < 6; x++)
        {
            for (int y = 8; y < 12; y++)
            {
                for (int z = 8; z < 12; z++) labels[(((x * 20) + y) * 20) + z] = 3;
            }
        }
        MapQuery query = MapQuery.InOrgan(new Volume<ushort>(1, Size3.Cube(20), Affine.FromSpacing(Spacing3.Isotropic(1)), labels), 3, Crop, Patch)!;
        Assert.Equal(new Size3(4, 10, 10), query.Voxel);
        Assert.Null(MapQuery.InOrgan(new Volume<ushort>(1, Size3.Cube(20), Affine.FromSpacing(Spacing3.Isotropic(1)), labels), 4, Crop, Patch));
    }
}

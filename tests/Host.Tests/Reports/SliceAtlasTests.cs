using System.Text.Json;
using HiEndMae.Imaging;
using HiEndMae.Reports.Figures;
using SkiaSharp;

namespace HiEndMae.Host.Tests.Reports;

public sealed class SliceAtlasTests
{
    [Fact]
    public void Tiles_show_the_slices_patients_right_on_the_left_and_anterior_up()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-atlas-").FullName;
        try
        {
            var size = new Size3(6, 5, 3);
            var truth = new ushort[size.Count];
            // One voxel: most right (x = 5), most anterior (y = 4), slice 2.
            truth[(((5 * 5) + 4) * 3) + 2] = 1;
            SliceAtlasWriter.Write(folder, "case", "pretrain", new Panel(size, new float[size.Count]), truth, new ushort[size.Count], new Spacing3(2, 1, 4), ["background", "liver"]);
            SliceAtlas atlas = JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(folder, "atlas.json")), SliceAtlasJson.Default.SliceAtlas)!;
            Assert.Equal((6, 5, 3, 2, 2.4), (atlas.Width, atlas.Height, atlas.Columns, atlas.Middle, atlas.Aspect));
            Assert.Equal([0, 1, 2], atlas.Slices);
            Assert.Equal("liver", Assert.Single(atlas.Labels).Name);
            using SKBitmap tiles = SKBitmap.Decode(Path.Combine(folder, "truth.png"));
            Assert.Equal((18, 5), (tiles.Width, tiles.Height));
            (int X, int Y)[] painted = [.. from x in Enumerable.Range(0, 18) from y in Enumerable.Range(0, 5) where tiles.GetPixel(x, y).Alpha > 0 select (x, y)];
            Assert.Equal([(12, 0)], painted);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Large_volumes_are_thinned_out()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-atlas-").FullName;
        try
        {
            var size = new Size3(330, 20, 200);
            SliceAtlasWriter.Write(folder, "case", "scratch", new Panel(size, new float[size.Count]), new ushort[size.Count], new ushort[size.Count], Spacing3.Isotropic(1), ["background"]);
            using SKBitmap tiles = SKBitmap.Decode(Path.Combine(folder, "image.jpg"));
            Assert.True(tiles.Width <= 8 * 160, $"{tiles.Width}");
            Assert.DoesNotContain(Directory.GetFiles(folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}

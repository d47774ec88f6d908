using HiEndMae.Imaging;
using HiEndMae.Reports.Figures;
using SkiaSharp;

namespace HiEndMae.Host.Tests;

public sealed class FigureTests
{
    private static readonly Size3 Size = new(40, 30, 20);

    [Fact]
    public void Columns_are_image_truth_prediction_and_error_and_errors_have_their_colours()
    {
        string folder = Directory.CreateTempSubdirectory("hiendmae-figure-").FullName;
        try
        {
            string path = Path.Combine(folder, "deep", "figure.png");
            // Left half of a block found, one block invented: 4 mm slices, so that rows are lower than columns are wide.
            ushort[] truth = Block(5, 20, 1), prediction = Block(5, 13, 1);
            for (int i = 0; i < prediction.Length; i++)
            {
                if (i / Size.Z / Size.Y >= 30 && i / Size.Z % Size.Y < 10) prediction[i] = 2;
            }
            var image = new Volume<float>(1, Size, Affine.FromSpacing(new Spacing3(2, 2, 4)), [.. Enumerable.Repeat(0.5f, (int)Size.Count)]);
            SegmentationFigure.Write(path, image, truth, prediction, ["background", "liver", "spleen"]);
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
            using SKBitmap picture = SKBitmap.Decode(path);
            int columns = (picture.Width + 4) / 4;
            HashSet<SKColor>[] found = [.. Enumerable.Range(0, 4).Select(column => Colours(picture, column * columns, columns - 4))];
            var gray = new SKColor(127, 127, 127);
            Assert.All(found, colours => Assert.Contains(gray, colours));
            Assert.Contains(Missed, found[3]);
            Assert.Contains(Invented, found[3]);
            Assert.All(found.Take(3), colours => Assert.DoesNotContain(Missed, colours));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Slices_go_through_the_largest_cross_sections()
    {
        var labels = new ushort[Size.Count];
        Set(10, 5, 7);
        for (int i = 0; i < 4; i++) Set(20 + i, 12, 15);
        Assert.Equal(12, PanelWriter.CentreOf(Size, labels).Y);
        Assert.Equal(15, PanelWriter.CentreOf(Size, labels).Z);
        Assert.Equal(new Size3(20, 15, 10), PanelWriter.CentreOf(Size, new ushort[Size.Count]));

        void Set(int x, int y, int z) => labels[(x * Size.Y + y) * Size.Z + z] = 1;
    }

    private static SKColor Missed => new(70, 140, 255);

    private static SKColor Invented => new(255, 165, 0);

    private static ushort[] Block(int from, int to, ushort label) =>
        [.. Enumerable.Range(0, (int)Size.Count).Select(i => i / Size.Z / Size.Y >= from && i / Size.Z / Size.Y < to && i / Size.Z % Size.Y is > 10 and < 25 ? label : (ushort)0)];

    // Above the legend.
    private static HashSet<SKColor> Colours(SKBitmap picture, int left, int width) =>
        [.. from x in Enumerable.Range(left, width) from y in Enumerable.Range(24, picture.Height - 110) select picture.GetPixel(x, y)];
}

using System.Text.Json;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using SkiaSharp;

namespace HiEndMae.Reports.Figures;

/// <summary>Writes the slices that the HTML report scrolls through.</summary>
internal static class SliceAtlasWriter
{
    // Large enough to look at, small enough that a report of dozens of runs opens quickly.
    private const int MostSlices = 48, MostPixels = 160, Columns = 8, JpegQuality = 82;

    /// <summary>Writes the tiles of a case into a folder, and the atlas last.</summary>
    /// <param name="folder">The folder; it is created if it does not exist.</param>
    /// <param name="name">Id of the case.</param>
    /// <param name="start">Start of the fine-tuning.</param>
    /// <param name="image">[X, Y, Z], 0 to 1.</param>
    /// <param name="truth">Class indices on the same grid.</param>
    /// <param name="prediction">Class indices on the same grid.</param>
    /// <param name="spacing">Distance between voxels in mm.</param>
    /// <param name="labels">Names of the classes, background first.</param>
    public static void Write(string folder, string name, string start, Panel image, ushort[] truth, ushort[] prediction, Spacing3 spacing, IReadOnlyList<string> labels)
    {
        Directory.CreateDirectory(folder);
        Size3 size = image.Size;
        int shrink = (Math.Max(size.X, size.Y) + MostPixels - 1) / MostPixels;
        int width = size.X / shrink, height = size.Y / shrink;
        int step = (size.Z + MostSlices - 1) / MostSlices;
        int[] slices = [.. Enumerable.Range(0, size.Z / step).Select(i => i * step)];
        int columns = Math.Min(Columns, slices.Length), rows = (slices.Length + columns - 1) / columns;
        using SKBitmap gray = Empty(), truthTiles = Empty(), predictionTiles = Empty();
        var seen = new SortedSet<int>();
        int middle = 0, most = -1;
        for (int tile = 0; tile < slices.Length; tile++)
        {
            int foreground = 0, left = tile % columns * width, top = tile / columns * height;
            for (int v = 0; v < height; v++)
            {
                for (int u = 0; u < width; u++)
                {
                    // Radiological orientation: the patient's right is on the left, anterior is up.
                    int voxel = ((((size.X - 1 - (u * shrink)) * size.Y) + (size.Y - 1 - (v * shrink))) * size.Z) + slices[tile];
                    float value = image.Intensities[voxel];
                    byte level = float.IsFinite(value) ? (byte)(Math.Clamp(value, 0f, 1f) * 255) : (byte)0;
                    gray.SetPixel(left + u, top + v, new SKColor(level, level, level));
                    Put(truthTiles, left + u, top + v, truth[voxel]);
                    Put(predictionTiles, left + u, top + v, prediction[voxel]);
                    if (truth[voxel] > 0) foreground++;
                }
            }
            if (foreground > most) (most, middle) = (foreground, tile);
        }
        Save(gray, Path.Combine(folder, SliceAtlas.Image), SKEncodedImageFormat.Jpeg);
        Save(truthTiles, Path.Combine(folder, SliceAtlas.Truth), SKEncodedImageFormat.Png);
        Save(predictionTiles, Path.Combine(folder, SliceAtlas.Prediction), SKEncodedImageFormat.Png);
        SliceLabel[] shown = [.. seen.Select(label => new SliceLabel(label < labels.Count ? labels[label] : $"class {label}", Hex(OrganColors.Of(label))))];
        var atlas = new SliceAtlas(name, start, width, height, columns, slices, middle, width * spacing.X / (height * spacing.Y), shown);
        string path = Path.Combine(folder, SliceAtlas.File);
        AtomicFile.WriteText(path, JsonSerializer.Serialize(atlas, SliceAtlasJson.Default.SliceAtlas));

        SKBitmap Empty()
        {
            var bitmap = new SKBitmap(columns * width, rows * height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
            bitmap.Erase(SKColors.Transparent);
            return bitmap;
        }

        void Put(SKBitmap bitmap, int x, int y, ushort label)
        {
            if (label == 0) return;
            seen.Add(label);
            bitmap.SetPixel(x, y, OrganColors.Of(label));
        }
    }

    private static void Save(SKBitmap bitmap, string path, SKEncodedImageFormat format)
    {
        using SKData data = bitmap.Encode(format, JpegQuality);
        AtomicFile.Write(path, data.SaveTo);
    }

    private static string Hex(SKColor color) => $"#{color.Red:x2}{color.Green:x2}{color.Blue:x2}";
}

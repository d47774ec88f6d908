using HiEndMae.Imaging;
using SkiaSharp;

namespace HiEndMae.Host.Figures;

/// <summary>Writes panels side by side as a PNG: a column per panel; rows are the axial, coronal and sagittal slice.</summary>
public static class PanelWriter
{
    private const int Gap = 4;

    /// <summary>Writes beside the target and renames, so that no half-written picture is ever seen.</summary>
    /// <param name="path">The PNG file.</param>
    /// <param name="panels">One to many, all of one size.</param>
    /// <param name="centre">Voxel that the three slices go through.</param>
    public static void Write(string path, IReadOnlyList<Panel> panels, Size3 centre)
    {
        ArgumentNullException.ThrowIfNull(panels);
        Size3 size = panels[0].Size;
        int scale = Math.Max(1, 192 / Math.Max(size.X, Math.Max(size.Y, size.Z)));
        int cell = scale * Math.Max(size.X, Math.Max(size.Y, size.Z));
        using var bitmap = new SKBitmap(panels.Count * (cell + Gap) - Gap, 3 * (cell + Gap) - Gap, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(SKColors.Black);
        for (int column = 0; column < panels.Count; column++)
        {
            for (int row = 0; row < 3; row++)
                DrawSlice(bitmap, panels[column], row, centre, column * (cell + Gap), row * (cell + Gap), scale);
        }
        using SKData png = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string beside = path + ".tmp";
        using (FileStream stream = File.Create(beside)) png.SaveTo(stream);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>The voxel at the centre of the largest cross-section of a label map's foreground; the middle where there is none.</summary>
    public static Size3 CentreOf(Size3 size, ushort[] labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        long x = 0, y = 0, z = 0, count = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            if (labels[i] == 0) continue;
            z += i % size.Z;
            y += i / size.Z % size.Y;
            x += i / size.Z / size.Y;
            count++;
        }
        return count == 0
            ? new Size3(size.X / 2, size.Y / 2, size.Z / 2)
            : new Size3((int)(x / count), (int)(y / count), (int)(z / count));
    }

    // Axial: x across, anterior up. Coronal: x across, superior up. Sagittal: y across, superior up.
    private static void DrawSlice(SKBitmap bitmap, Panel panel, int row, Size3 centre, int left, int top, int scale)
    {
        Size3 size = panel.Size;
        (int width, int height) = row switch { 0 => (size.X, size.Y), 1 => (size.X, size.Z), _ => (size.Y, size.Z) };
        for (int v = 0; v < height; v++)
        {
            for (int u = 0; u < width; u++)
            {
                int up = height - 1 - v;
                (int x, int y, int z) = row switch { 0 => (u, up, centre.Z), 1 => (u, centre.Y, up), _ => (centre.X, u, up) };
                int voxel = (x * size.Y + y) * size.Z + z;
                SKColor color = ColorOf(panel, voxel);
                for (int dv = 0; dv < scale; dv++)
                {
                    for (int du = 0; du < scale; du++)
                        bitmap.SetPixel(left + u * scale + du, top + v * scale + dv, color);
                }
            }
        }
    }

    private static SKColor ColorOf(Panel panel, int voxel)
    {
        float value = panel.Intensities[voxel];
        byte gray = float.IsFinite(value) ? (byte)(Math.Clamp(value, 0f, 1f) * 255) : (byte)0;
        int label = panel.Labels?[voxel] ?? 0;
        if (label == 0) return new SKColor(gray, gray, gray);
        SKColor organ = OrganColors.Of(label);
        return new SKColor((byte)((gray + organ.Red) / 2), (byte)((gray + organ.Green) / 2), (byte)((gray + organ.Blue) / 2));
    }
}

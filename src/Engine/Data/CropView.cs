using System.Numerics;
using System.Runtime.InteropServices;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data;

/// <summary>A random crop with its augmentations, as index arithmetic: flips and rotations are strides, so cropping is one pass and no buffer.</summary>
internal readonly struct CropView
{
    private readonly Size3 size;
    private readonly Size3 crop;
    private readonly Size3 start;
    private readonly int turns;
    private readonly bool flipX;
    private readonly bool flipY;
    private readonly bool flipZ;
    private readonly float scale;
    private readonly float shift;

    private CropView(Size3 size, Size3 crop, Size3 start, DataConfig config, ref RandomSource random)
    {
        this.size = size;
        this.crop = crop;
        this.start = start;
        flipX = random.NextDouble() < config.FlipProbability;
        flipY = random.NextDouble() < config.FlipProbability;
        flipZ = random.NextDouble() < config.FlipProbability;
        bool turned = random.NextDouble() < config.Rotate90Probability;
        int quarter = 1 + random.NextInt(3);
        // A crop that is not square in x-y can only be turned by half.
        turns = !turned ? 0 : crop.X == crop.Y ? quarter : 2;
        bool scaled = random.NextDouble() < config.IntensityScaleProbability;
        double factor = 1 + 0.1 * (2 * random.NextDouble() - 1);
        bool shifted = random.NextDouble() < config.IntensityShiftProbability;
        double offset = 0.1 * (2 * random.NextDouble() - 1);
        scale = scaled ? (float)factor : 1;
        shift = shifted ? (float)offset : 0;
    }

    /// <summary>Draws a crop: with the configured probability its centre is foreground (a label; without labels a voxel above the window's lower end).</summary>
    public static CropView Draw(PreparedCase source, DataConfig config, ref RandomSource random)
    {
        Size3 size = source.Image.Size, crop = config.Crop;
        bool wantForeground = random.NextDouble() < config.ForegroundFraction;
        int centre = Centre(source, wantForeground, ref random);
        int z = centre % size.Z, y = centre / size.Z % size.Y, x = centre / size.Z / size.Y;
        var start = new Size3(Start(x, crop.X, size.X), Start(y, crop.Y, size.Y), Start(z, crop.Z, size.Z));
        return new CropView(size, crop, start, config, ref random);
    }

    /// <summary>Writes the crop of every channel, scaled and shifted; voxels outside the volume are 0.</summary>
    public void CopyImage(Volume<float> image, Span<float> target)
    {
        int voxels = (int)crop.Count;
        for (int channel = 0; channel < image.Channels; channel++) Copy<float, float>(image.Channel(channel), target.Slice(channel * voxels, voxels));
        if (scale == 1 && shift == 0) return;
        for (int i = 0; i < target.Length; i++) target[i] = target[i] * scale + shift;
    }

    /// <summary>Writes the crop of the label map as the long indices that losses want.</summary>
    public void CopyLabel(Volume<ushort> label, Span<long> target) => Copy<ushort, long>(label.Channel(0), target);

    private void Copy<TFrom, TTo>(ReadOnlySpan<TFrom> source, Span<TTo> target)
        where TFrom : unmanaged, INumberBase<TFrom>
        where TTo : unmanaged, INumberBase<TTo>
    {
        bool whole = start.Z + crop.Z <= size.Z;
        for (int x = 0, at = 0; x < crop.X; x++)
        {
            for (int y = 0; y < crop.Y; y++, at += crop.Z)
            {
                Span<TTo> row = target.Slice(at, crop.Z);
                int line = LineOf(x, y, out int step);
                if (line < 0)
                {
                    row.Clear();
                }
                else if (typeof(TFrom) == typeof(TTo) && whole && step == 1)
                {
                    MemoryMarshal.Cast<TFrom, TTo>(source.Slice(line, crop.Z)).CopyTo(row);
                }
                else
                {
                    for (int z = 0; z < row.Length; z++) row[z] = start.Z + SourceZ(z) < size.Z ? TTo.CreateTruncating(source[line + z * step]) : TTo.Zero;
                }
            }
        }
    }

    // Index of the first voxel of an output line along z, and the step to the next; -1 for a line outside the volume.
    private int LineOf(int x, int y, out int step)
    {
        (int u, int v) = turns switch
        {
            1 => (crop.X - 1 - y, x),
            2 => (crop.X - 1 - x, crop.Y - 1 - y),
            3 => (y, crop.Y - 1 - x),
            _ => (x, y),
        };
        int sx = start.X + (flipX ? crop.X - 1 - u : u), sy = start.Y + (flipY ? crop.Y - 1 - v : v);
        step = flipZ ? -1 : 1;
        return sx >= size.X || sy >= size.Y ? -1 : (sx * size.Y + sy) * size.Z + start.Z + SourceZ(0);
    }

    private int SourceZ(int z) => flipZ ? crop.Z - 1 - z : z;

    private static int Start(int centre, int crop, int size) => Math.Clamp(centre - crop / 2, 0, Math.Max(0, size - crop));

    private static int Centre(PreparedCase source, bool wantForeground, ref RandomSource random)
    {
        const int Attempts = 64;
        if (wantForeground && source.Foreground.Length > 0) return source.Foreground[random.NextInt(source.Foreground.Length)];
        ReadOnlySpan<float> image = source.Image.Channel(0);
        int centre = random.NextInt(image.Length);
        for (int i = 0; i < Attempts && IsForeground(source, image, centre) != wantForeground; i++) centre = random.NextInt(image.Length);
        return centre;
    }

    private static bool IsForeground(PreparedCase source, ReadOnlySpan<float> image, int voxel) =>
        source.Label is { } label ? label.Voxels[voxel] > 0 : image[voxel] > 0;
}

using System.Numerics;
using System.Runtime.InteropServices;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A prepared case in the form that crops are cut from: half-precision intensities, labels of one or two bytes, and where foreground and background are.</summary>
/// <remarks>
/// Positive and negative are those of MONAI's RandCropByPosNegLabel: with labels a voxel of any organ, and one of none whose image is above zero; without, a voxel
/// above zero in any channel, and one that is zero. What is kept is how many there are up to each row along z: 4 bytes a row instead of 4 bytes a voxel,
/// and drawing one is a search among the rows and a look at one row.
/// </remarks>
public sealed class PackedCase
{
    // Smaller ones would be subnormal as halves, which are slow to widen; 6e-5 of a window is 0.03 HU.
    private const float SmallestHalf = 1f / (1 << 14);

    private PackedCase(string id, Size3 size, int channels, Affine affine, ushort[] image, byte[] label, bool wideLabels, int[] rows)
    {
        Id = id;
        Size = size;
        Channels = channels;
        Affine = affine;
        Image = image;
        Label = label;
        WideLabels = wideLabels;
        Rows = rows;
    }

    /// <summary>The case.</summary>
    public string Id { get; }

    /// <summary>Voxels along x, y, z.</summary>
    public Size3 Size { get; }

    /// <summary>Channels C.</summary>
    public int Channels { get; }

    /// <summary>Voxel index to world mm.</summary>
    public Affine Affine { get; }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabel => Label.Length > 0;

    /// <summary>Whether a label has two bytes.</summary>
    internal bool WideLabels { get; }

    /// <summary>[C, X, Y, Z], bits of halves in 0 to 1.</summary>
    internal ushort[] Image { get; }

    /// <summary>[X, Y, Z], one or two bytes each; empty without labels.</summary>
    internal byte[] Label { get; }

    /// <summary>[2, X * Y + 1]: positives, then negatives, in all rows before each row.</summary>
    internal int[] Rows { get; }

    /// <summary>Packs a prepared case.</summary>
    /// <param name="source">Intensities in 0 to 1.</param>
    /// <param name="numClasses">Classes that its labels may have.</param>
    public static PackedCase Of(PreparedCase source, int numClasses)
    {
        ArgumentNullException.ThrowIfNull(source);
        Volume<float> image = source.Image;
        var halves = new ushort[image.Voxels.Length];
        Parallel.For(0, image.Channels * image.Size.X, plane =>
        {
            int length = image.Size.Y * image.Size.Z;
            ReadOnlySpan<float> from = image.Voxels.AsSpan(plane * length, length);
            Span<ushort> to = halves.AsSpan(plane * length, length);
            for (int i = 0; i < from.Length; i++) to[i] = from[i] < SmallestHalf ? (ushort)0 : BitConverter.HalfToUInt16Bits((Half)from[i]);
        });
        ushort[]? labels = source.Label?.Voxels;
        bool wide = numClasses > byte.MaxValue + 1;
        byte[] label = labels is null ? [] : wide ? MemoryMarshal.AsBytes(labels.AsSpan()).ToArray() : Array.ConvertAll(labels, value => (byte)value);
        return new PackedCase(source.Id, image.Size, image.Channels, image.Affine, halves, label, wide, CountRows(halves, labels, image.Size, image.Channels));
    }

    private static int[] CountRows(ushort[] image, ushort[]? labels, Size3 size, int channels)
    {
        int rows = size.X * size.Y, voxels = checked((int)size.Count);
        var counts = new int[2 * (rows + 1)];
        Parallel.For(0, size.X, x =>
        {
            for (int row = x * size.Y; row < (x + 1) * size.Y; row++)
            {
                int positives = 0, negatives = 0;
                for (int i = row * size.Z; i < (row + 1) * size.Z; i++)
                {
                    bool bright = false;
                    for (int channel = 0; channel < channels && !bright; channel++) bright = image[channel * voxels + i] != 0;
                    if (labels is null ? bright : labels[i] != 0) positives++;
                    else if (labels is null || bright) negatives++;
                }
                counts[row + 1] = positives;
                counts[rows + 2 + row] = negatives;
            }
        });
        for (int row = 0; row < rows; row++)
        {
            counts[row + 1] += counts[row];
            counts[rows + 2 + row] += counts[rows + 1 + row];
        }
        return counts;
    }
}

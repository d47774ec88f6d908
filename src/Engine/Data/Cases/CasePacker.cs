using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Puts prepared volumes into the form that crops are cut from: intensities in half precision, labels of one or two bytes, and counts of positive and
/// negative voxels.</summary>
public static unsafe class CasePacker
{
    // Smaller values would be subnormal halves, which are slow to widen. 6e-5 of the default window is 0.03 HU.
    private const float SmallestHalf = 1f / (1 << 14);

    /// <summary>Packs a case into native memory.</summary>
    /// <param name="id">Id of the dataset's case.</param>
    /// <param name="image">Prepared intensities in 0 to 1.</param>
    /// <param name="label">Class indices on the same grid; null for none.</param>
    /// <param name="stored">Grid of the file.</param>
    /// <param name="numClasses">Classes that the labels may have, background included.</param>
    public static PreparedCase Pack(string id, Volume<float> image, Volume<ushort>? label, VolumeGrid stored, int numClasses)
    {
        ArgumentNullException.ThrowIfNull(image);
        var layout = new CaseLayout(new VolumeGrid(image.Size, image.Affine), stored, image.Channels, label is null ? 0 : CaseLayout.LabelBytesOf(numClasses));
        var halves = new NativeArray(layout.Image.Bytes);
        NativeArray? labels = label is null ? null : new NativeArray(layout.Label.Bytes);
        var rowCounts = new NativeArray(layout.RowCounts.Bytes);
        PackImage(image, (ushort*)halves.Address);
        if (label is not null) PackLabel(label.Voxels, labels!.Address, layout.LabelBytes);
        CountRows((ushort*)halves.Address, label?.Voxels, layout, (int*)rowCounts.Address);
        return new PreparedCase(id, layout, halves, labels, rowCounts);
    }

    private static void PackImage(Volume<float> image, ushort* target)
    {
        int length = image.Size.Y * image.Size.Z;
        Parallel.For(0, image.Channels * image.Size.X, plane =>
        {
            ReadOnlySpan<float> from = image.Voxels.AsSpan(plane * length, length);
            ushort* to = target + (long)plane * length;
            for (int i = 0; i < from.Length; i++) to[i] = from[i] < SmallestHalf ? (ushort)0 : BitConverter.HalfToUInt16Bits((Half)from[i]);
        });
    }

    private static void PackLabel(ushort[] labels, nint target, int labelBytes)
    {
        if (labelBytes == 2)
        {
            labels.CopyTo(new Span<ushort>((ushort*)target, labels.Length));
            return;
        }
        byte* to = (byte*)target;
        for (int i = 0; i < labels.Length; i++) to[i] = (byte)labels[i];
    }

    private static void CountRows(ushort* image, ushort[]? labels, CaseLayout layout, int* counts)
    {
        Size3 size = layout.Size;
        int rows = layout.Rows;
        (counts[0], counts[rows + 1]) = (0, 0);
        Parallel.For(0, size.X, x =>
        {
            for (int row = x * size.Y; row < (x + 1) * size.Y; row++)
            {
                int positives = 0, negatives = 0;
                for (int i = row * size.Z; i < (row + 1) * size.Z; i++)
                {
                    bool isBright = false;
                    for (int channel = 0; channel < layout.Channels && !isBright; channel++) isBright = image[channel * size.Count + i] != 0;
                    if (labels is null ? isBright : labels[i] != 0) positives++;
                    else if (labels is null || isBright) negatives++;
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
    }
}

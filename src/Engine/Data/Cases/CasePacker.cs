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
    /// <param name="image">Prepared intensities: in 0 to 1, or z-scores.</param>
    /// <param name="label">Class indices, and <see cref="DatasetInfo.IgnoredIndex"/>, on the same grid; null for none.</param>
    /// <param name="stored">Grid of the file.</param>
    /// <param name="numClasses">Classes that the labels may have, background included.</param>
    /// <param name="notes">Sentences about the scan that are kept with the case; null for none.</param>
    public static PreparedCase Pack(string id, Volume<float> image, Volume<ushort>? label, VolumeGrid stored, int numClasses, IReadOnlyList<string>? notes = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var layout = new CaseLayout(new VolumeGrid(image.Size, image.Affine), stored, image.Channels, label is null ? 0 : CaseLayout.LabelBytesOf(numClasses));
        var halves = new NativeArray(layout.Image.Bytes);
        NativeArray? labels = label is null ? null : new NativeArray(layout.Label.Bytes);
        var rowCounts = new NativeArray(layout.RowCounts.Bytes);
        if (PackImage(image, (ushort*)halves.Address)) layout = layout with { IsSigned = true };
        if (label is not null) PackLabel(label.Voxels, labels!.Address, layout.LabelBytes);
        CountRows((ushort*)halves.Address, label?.Voxels, layout, (int*)rowCounts.Address);
        return new PreparedCase(id, layout, halves, labels, rowCounts) { Findings = new CaseFindings(notes ?? [], label is null ? [] : Count(label.Voxels, numClasses)) };
    }

    private static long[] Count(ushort[] labels, int numClasses)
    {
        var counts = new long[numClasses];
        // By runs of one class: most of a scan is one long run of background.
        for (int at = 0; at < labels.Length;)
        {
            ushort label = labels[at];
            int run = labels.AsSpan(at).IndexOfAnyExcept(label);
            if (run < 0) run = labels.Length - at;
            if (label < numClasses) counts[label] += run;
            at += run;
        }
        return counts;
    }

    // Whether some values are negative.
    private static bool PackImage(Volume<float> image, ushort* target)
    {
        bool isSigned = false;
        int length = image.Size.Y * image.Size.Z;
        Parallel.For(0, image.Channels * image.Size.X, plane =>
        {
            ReadOnlySpan<float> from = image.Voxels.AsSpan(plane * length, length);
            ushort* to = target + (long)plane * length;
            bool hasNegative = false;
            for (int i = 0; i < from.Length; i++)
            {
                float value = from[i];
                if (value >= SmallestHalf) to[i] = BitConverter.HalfToUInt16Bits((Half)value);
                else if (value > -SmallestHalf) to[i] = 0;
                else
                {
                    to[i] = BitConverter.HalfToUInt16Bits((Half)value);
                    hasNegative = true;
                }
            }
            if (hasNegative) Volatile.Write(ref isSigned, true);
        });
        return isSigned;
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
                    if (labels is null ? isBright : labels[i] is not (0 or DatasetInfo.IgnoredIndex)) positives++;
                    else if (labels is null || (isBright && labels[i] == 0)) negatives++;
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

using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>A case as models see it: RAS+, resampled, scaled intensities. Its arrays are mapped from the disk cache or lie in native memory; any number of threads may
/// read them.</summary>
/// <remarks>
/// Positive and negative voxels are those of MONAI's RandCropByPosNegLabel. With labels, a voxel of any class except background is positive, and a background
/// voxel is negative if at least one channel is not black. Voxels that nobody has labelled are neither. Without labels, a voxel is positive if at least one channel is not black; otherwise it is negative.
/// The case stores how many there are before each row along z: 4 bytes per row instead of 4 bytes per voxel. Finding the n-th voxel takes a binary search among the rows and a scan of one row.
/// </remarks>
public sealed unsafe class PreparedCase : IDisposable
{
    private readonly ICaseArray[] owned;
    private ClassVoxels? classVoxels;

    /// <summary>Takes ownership of the arrays.</summary>
    internal PreparedCase(string id, CaseLayout layout, ICaseArray image, ICaseArray? label, ICaseArray rowCounts)
    {
        Id = id;
        Layout = layout;
        owned = label is null ? [image, rowCounts] : [image, label, rowCounts];
        Image = (ushort*)image.Address;
        Label = label?.Address ?? 0;
        RowCounts = rowCounts.Address;
        Size = layout.Size;
        Channels = layout.Channels;
        NumPositive = Positives[^1];
        NumNegative = Negatives[^1];
    }

    /// <summary>Id of the dataset's case.</summary>
    public string Id { get; }

    /// <summary>Grids, channels, types and shapes.</summary>
    public CaseLayout Layout { get; }

    /// <summary>What was found while the case was prepared.</summary>
    public CaseFindings Findings { get; init; } = CaseFindings.None;

    /// <summary>Voxels along x, y, z.</summary>
    public Size3 Size { get; }

    /// <summary>Image channels C.</summary>
    public int Channels { get; }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabel => Layout.HasLabel;

    /// <summary>Number of positive voxels.</summary>
    public int NumPositive { get; }

    /// <summary>Number of negative voxels.</summary>
    public int NumNegative { get; }

    /// <summary>Intensities [C, X, Y, Z], bits of halves.</summary>
    internal ushort* Image { get; }

    /// <summary>Labels [X, Y, Z], of <see cref="CaseLayout.LabelBytes"/> each; 0 without labels.</summary>
    internal nint Label { get; }

    /// <summary>Counts [2, X * Y + 1].</summary>
    internal nint RowCounts { get; }

    private ReadOnlySpan<int> Positives => new((int*)RowCounts, Layout.Rows + 1);

    private ReadOnlySpan<int> Negatives => new((int*)RowCounts + Layout.Rows + 1, Layout.Rows + 1);

    /// <summary>Number of classes that the case has, without background; 0 without labels.</summary>
    /// <remarks>The first call reads the whole label map.</remarks>
    public int NumClasses => HasLabel ? Classes.NumClasses : 0;

    private ClassVoxels Classes => LazyInitializer.EnsureInitialized(
        ref classVoxels, () => Layout.LabelBytes == 2 ? ClassVoxels.Of(Labels<ushort>(), Size.Z, Layout.Ignored) : ClassVoxels.Of(Labels<byte>(), Size.Z, Layout.Ignored));

    /// <summary>Index in [X, Y, Z] of the n-th positive voxel, in the order of memory.</summary>
    /// <param name="number">0 to <see cref="NumPositive"/> - 1.</param>
    public int Positive(int number) => Find(Positives, number, positive: true);

    /// <summary>Index in [X, Y, Z] of the n-th negative voxel, in the order of memory.</summary>
    /// <param name="number">0 to <see cref="NumNegative"/> - 1.</param>
    public int Negative(int number) => Find(Negatives, number, positive: false);

    /// <summary>Number of voxels of a class.</summary>
    /// <param name="number">Which of the classes of the case, 0 to <see cref="NumClasses"/> - 1, in the order of their indices.</param>
    public int NumOfClass(int number) => Classes.Count(number);

    /// <summary>Index in [X, Y, Z] of the n-th voxel of a class, in the order of memory.</summary>
    /// <param name="number">Which of the classes of the case, 0 to <see cref="NumClasses"/> - 1.</param>
    /// <param name="voxel">0 to <see cref="NumOfClass"/> - 1.</param>
    public int OfClass(int number, int voxel) => Layout.LabelBytes == 2 ? Classes.Find(number, voxel, Labels<ushort>()) : Classes.Find(number, voxel, Labels<byte>());

    /// <summary>The intensities as a volume of single precision.</summary>
    public Volume<float> DecodeImage()
    {
        var voxels = GC.AllocateUninitializedArray<float>(checked((int)Layout.Image.Count));
        Parallel.For(0, Channels * Size.X, plane =>
        {
            int length = Size.Y * Size.Z;
            ushort* from = Image + (long)plane * length;
            Span<float> to = voxels.AsSpan(plane * length, length);
            for (int i = 0; i < length; i++) to[i] = (float)BitConverter.UInt16BitsToHalf(from[i]);
        });
        return new Volume<float>(Channels, Size, Layout.Grid.Affine, voxels);
    }

    /// <summary>The labels as a volume of class indices, and of <see cref="DatasetInfo.IgnoredIndex"/>.</summary>
    /// <exception cref="InvalidOperationException">The case has no labels.</exception>
    public Volume<ushort> DecodeLabel()
    {
        if (!HasLabel) throw new InvalidOperationException($"Case '{Id}' has no labels.");
        var voxels = GC.AllocateUninitializedArray<ushort>(checked((int)Size.Count));
        if (Layout.LabelBytes == 2) Labels<ushort>().CopyTo(voxels);
        else
        {
            byte* from = (byte*)Label;
            for (int i = 0; i < voxels.Length; i++) voxels[i] = from[i] == byte.MaxValue ? DatasetInfo.IgnoredIndex : from[i];
        }
        return new Volume<ushort>(1, Size, Layout.Grid.Affine, voxels);
    }

    /// <summary>Frees or unmaps the arrays.</summary>
    public void Dispose()
    {
        foreach (ICaseArray one in owned) one.Dispose();
    }

    private ReadOnlySpan<T> Labels<T>()
        where T : unmanaged => new((T*)Label, checked((int)Size.Count));

    private int Find(ReadOnlySpan<int> before, int number, bool positive)
    {
        // The last row that at most `number` such voxels precede.
        int low = 0, high = before.Length - 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (before[middle] <= number) low = middle;
            else high = middle;
        }
        int left = number - before[low], voxel = low * Size.Z;
        for (int end = voxel + Size.Z; voxel < end; voxel++)
        {
            if (Is(voxel, positive) && left-- == 0) return voxel;
        }
        throw new InvalidOperationException($"The row counts of case '{Id}' do not fit its voxels.");
    }

    private bool Is(int voxel, bool positive)
    {
        if (HasLabel)
        {
            int label = Layout.LabelBytes == 2 ? ((ushort*)Label)[voxel] : ((byte*)Label)[voxel];
            if (label == Layout.Ignored) return false;
            if (label != 0 || positive) return label != 0 == positive;
        }
        bool isBright = false;
        for (long channel = 0; channel < Channels && !isBright; channel++) isBright = Image[channel * Size.Count + voxel] != 0;
        return HasLabel ? isBright : isBright == positive;
    }
}

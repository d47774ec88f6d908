using System.Runtime.InteropServices;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A packed case that stays: mapped from the disk cache, or in native memory. Crops are cut from it by any number of threads.</summary>
public sealed class StoredCase : IDisposable
{
    private readonly IDisposable[] owned;

    internal StoredCase(string id, Size3 size, int channels, nint image, nint label, bool wideLabels, nint rows, params IDisposable[] owned)
    {
        Id = id;
        Size = size;
        Channels = channels;
        Image = image;
        Label = label;
        WideLabels = wideLabels;
        RowCounts = rows;
        this.owned = owned;
        NumPositive = Positives[^1];
        NumNegative = Negatives[^1];
    }

    /// <summary>The case.</summary>
    public string Id { get; }

    /// <summary>Voxels along x, y, z.</summary>
    public Size3 Size { get; }

    /// <summary>Channels C.</summary>
    public int Channels { get; }

    /// <summary>Whether there are labels.</summary>
    public bool HasLabel => Label != 0;

    /// <summary>Voxels that positive crops may have in their centre.</summary>
    public int NumPositive { get; }

    /// <summary>Voxels that negative crops may have in their centre.</summary>
    public int NumNegative { get; }

    /// <summary>Bytes of its arrays.</summary>
    public long Bytes => Channels * Size.Count * sizeof(ushort) + (HasLabel ? Size.Count * (WideLabels ? 2 : 1) : 0) + 2L * (RowCount + 1) * sizeof(int);

    internal nint Image { get; }

    internal nint Label { get; }

    internal bool WideLabels { get; }

    private nint RowCounts { get; }

    private int RowCount => Size.X * Size.Y;

    private unsafe ReadOnlySpan<int> Positives => new((int*)RowCounts, RowCount + 1);

    private unsafe ReadOnlySpan<int> Negatives => new((int*)RowCounts + RowCount + 1, RowCount + 1);

    /// <summary>Copies a packed case into native memory.</summary>
    public static StoredCase InMemory(PackedCase source)
    {
        ArgumentNullException.ThrowIfNull(source);
        var image = new NativeArray(MemoryMarshal.AsBytes<ushort>(source.Image));
        NativeArray? label = source.HasLabel ? new NativeArray(source.Label) : null;
        var rows = new NativeArray(MemoryMarshal.AsBytes<int>(source.Rows));
        IDisposable[] owned = label is null ? [image, rows] : [image, label, rows];
        return new StoredCase(source.Id, source.Size, source.Channels, image.Address, label?.Address ?? 0, source.WideLabels, rows.Address, owned);
    }

    /// <summary>Index in [X, Y, Z] of the n-th positive voxel, in the order of memory.</summary>
    /// <param name="number">0 to <see cref="NumPositive"/> - 1.</param>
    public int Positive(int number) => Find(Positives, number, positive: true);

    /// <summary>Index in [X, Y, Z] of the n-th negative voxel, in the order of memory.</summary>
    /// <param name="number">0 to <see cref="NumNegative"/> - 1.</param>
    public int Negative(int number) => Find(Negatives, number, positive: false);

    /// <summary>Frees or unmaps the arrays.</summary>
    public void Dispose()
    {
        foreach (IDisposable one in owned) one.Dispose();
    }

    private int Find(ReadOnlySpan<int> before, int number, bool positive)
    {
        // The last row before which there are at most so many.
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
        throw new InvalidOperationException($"The row counts of '{Id}' do not fit its voxels.");
    }

    private unsafe bool Is(int voxel, bool positive)
    {
        bool labelled = HasLabel && (WideLabels ? ((ushort*)Label)[voxel] : ((byte*)Label)[voxel]) != 0;
        if (HasLabel && (labelled || positive)) return labelled == positive;
        bool bright = false;
        for (long channel = 0; channel < Channels && !bright; channel++) bright = ((ushort*)Image)[channel * Size.Count + voxel] != 0;
        return HasLabel ? bright : bright == positive;
    }
}

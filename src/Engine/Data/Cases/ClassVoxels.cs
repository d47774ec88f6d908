using System.Numerics;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Finds the n-th voxel of a class in a prepared label map.</summary>
/// <remarks>
/// For each class, it stores the rows along z that have voxels of this class, and how many such voxels there are before each of these rows: 8 bytes per row and class.
/// Finding a voxel takes a binary search among these rows and a scan of one row.
/// </remarks>
internal sealed class ClassVoxels
{
    private readonly (int Class, int Count, Row[] Rows)[] classes;

    private ClassVoxels((int Class, int Count, Row[] Rows)[] classes) => this.classes = classes;

    /// <summary>Number of classes that the label map has, without background.</summary>
    public int NumClasses => classes.Length;

    /// <summary>Reads a label map once.</summary>
    /// <param name="labels">Class indices [X, Y, Z].</param>
    /// <param name="length">Z, the length of a row.</param>
    /// <param name="ignored">Index of voxels that nobody has labelled. They have no class. No index is larger.</param>
    public static ClassVoxels Of<T>(ReadOnlySpan<T> labels, int length, int ignored)
        where T : unmanaged, IBinaryInteger<T>
    {
        var rows = new List<Row>?[ignored];
        var counts = new int[ignored];
        for (int start = 0; start < labels.Length; start += length)
        {
            foreach (T label in labels.Slice(start, length))
            {
                int index = int.CreateTruncating(label);
                if (index == 0 || index == ignored) continue;
                List<Row> list = rows[index] ??= [];
                if (list.Count == 0 || list[^1].Start != start) list.Add(new Row(start, counts[index]));
                counts[index]++;
            }
        }
        return new ClassVoxels([.. Enumerable.Range(1, ignored - 1).Where(index => counts[index] > 0).Select(index => (index, counts[index], rows[index]!.ToArray()))]);
    }

    /// <summary>Number of voxels of a class.</summary>
    /// <param name="number">Which of the classes, 0 to <see cref="NumClasses"/> - 1, in the order of their indices.</param>
    public int Count(int number) => classes[number].Count;

    /// <summary>Index in [X, Y, Z] of the n-th voxel of a class, in the order of memory.</summary>
    /// <param name="number">Which of the classes, 0 to <see cref="NumClasses"/> - 1.</param>
    /// <param name="voxel">0 to <see cref="Count"/> - 1.</param>
    /// <param name="labels">The label map that <see cref="Of"/> has read.</param>
    public int Find<T>(int number, int voxel, ReadOnlySpan<T> labels)
        where T : unmanaged, IBinaryInteger<T>
    {
        (int index, _, Row[] rows) = classes[number];
        // The last row that at most `voxel` voxels of the class precede.
        int low = 0, high = rows.Length;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (rows[middle].Before <= voxel) low = middle;
            else high = middle;
        }
        int at = rows[low].Start;
        for (int left = voxel - rows[low].Before; ; at++)
        {
            if (int.CreateTruncating(labels[at]) == index && left-- == 0) return at;
        }
    }

    /// <summary>A row along z.</summary>
    /// <param name="Start">Index of its first voxel.</param>
    /// <param name="Before">Voxels of the class in earlier rows.</param>
    private readonly record struct Row(int Start, int Before);
}

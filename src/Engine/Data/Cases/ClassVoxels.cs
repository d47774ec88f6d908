using System.Numerics;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Finds the n-th voxel of a class in a prepared label map.</summary>
/// <remarks>
/// For each class, it stores the rows along z that have voxels of this class, and how many such voxels there are before each of these rows: 8 bytes per row and class.
/// Finding a voxel takes a binary search among these rows and a scan of one row.
/// </remarks>
internal sealed class ClassVoxels
{
    private readonly ClassRows[] classes;

    private ClassVoxels(ClassRows[] classes) => this.classes = classes;

    /// <summary>Number of classes that the label map has, without background.</summary>
    public int NumClasses => classes.Length;

    /// <summary>Reads a label map once.</summary>
    /// <param name="labels">Class indices [X, Y, Z].</param>
    /// <param name="length">Z, the length of a row.</param>
    /// <param name="ignored">Index of voxels that nobody has labelled. They have no class. No index is larger.</param>
    public static ClassVoxels Of<T>(ReadOnlySpan<T> labels, int length, int ignored)
        where T : unmanaged, IBinaryInteger<T>
    {
        var starts = new List<int>?[ignored];
        var before = new List<int>?[ignored];
        var counts = new int[ignored];
        for (int start = 0; start < labels.Length; start += length)
        {
            foreach (T label in labels.Slice(start, length))
            {
                int index = int.CreateTruncating(label);
                if (index == 0 || index == ignored) continue;
                List<int> list = starts[index] ??= [];
                if (list.Count == 0 || list[^1] != start)
                {
                    list.Add(start);
                    (before[index] ??= []).Add(counts[index]);
                }
                counts[index]++;
            }
        }
        return new ClassVoxels([.. Enumerable.Range(1, ignored - 1).Where(index => counts[index] > 0).Select(index => new ClassRows(index, counts[index], [.. starts[index]!], [.. before[index]!]))]);
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
        (int index, _, int[] starts, int[] before) = classes[number];
        // The last row that at most `voxel` voxels of the class precede. A value that is not found gives the complement of the place of the next larger one.
        int row = Array.BinarySearch(before, voxel);
        if (row < 0) row = ~row - 1;
        int at = starts[row];
        for (int left = voxel - before[row]; ; at++)
        {
            if (int.CreateTruncating(labels[at]) == index && left-- == 0) return at;
        }
    }

    /// <summary>The rows along z that have voxels of a class.</summary>
    /// <param name="Index">The class.</param>
    /// <param name="Count">Number of its voxels.</param>
    /// <param name="Starts">For each row, the index of its first voxel.</param>
    /// <param name="Before">For each row, the number of voxels of the class in earlier rows.</param>
    private sealed record ClassRows(int Index, int Count, int[] Starts, int[] Before);
}

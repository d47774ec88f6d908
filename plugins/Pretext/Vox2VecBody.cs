using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The voxels of the body in a region: all voxels except the air that is connected to the region's sides along x or y.</summary>
/// <remarks>
/// Source: mishgon/vox2vec, vox2vec/processing/misc.py (<c>get_body_mask</c>). Neighbours share a face, an edge or a corner. Runs of air along z are joined by a union-find structure, so the cost is
/// about that of reading the region once.
/// </remarks>
internal sealed class Vox2VecBody
{
    private readonly Size3 size;
    private readonly int[] rows;
    private readonly List<Segment> segments = [];

    private Vox2VecBody(Size3 size)
    {
        this.size = size;
        rows = new int[(size.X * size.Y) + 1];
    }

    /// <summary>Number of body voxels.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest box that contains all voxels that are not air; the whole region if there are none.</summary>
    public VoxelBlock Box { get; private set; }

    /// <summary>Finds the body.</summary>
    /// <param name="region">[X, Y, Z], z fastest.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="airBelow">Smallest value that is not air.</param>
    public static Vox2VecBody Of(ReadOnlySpan<float> region, Size3 size, float airBelow)
    {
        var body = new Vox2VecBody(size);
        var runs = new List<Run>();
        var starts = new int[(size.X * size.Y) + 1];
        for (int row = 0; row < size.X * size.Y; row++)
        {
            starts[row] = runs.Count;
            AddRuns(region.Slice(row * size.Z, size.Z), airBelow, runs);
        }
        starts[^1] = runs.Count;
        // Run number -1 of the tree is the air around the region: its index is the number of runs.
        int outside = runs.Count;
        var parents = new int[runs.Count + 1];
        for (int i = 0; i < parents.Length; i++) parents[i] = i;
        for (int x = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                int row = (x * size.Y) + y;
                if (x == 0 || y == 0 || x == size.X - 1 || y == size.Y - 1)
                {
                    for (int run = starts[row]; run < starts[row + 1]; run++) Join(parents, run, outside);
                }
                if (y > 0) JoinRows(runs, parents, starts, row, row - 1);
                if (x == 0) continue;
                for (int other = Math.Max(0, y - 1); other <= Math.Min(size.Y - 1, y + 1); other++) JoinRows(runs, parents, starts, row, ((x - 1) * size.Y) + other);
            }
        }
        body.Fill(runs, starts, run => Root(parents, run) == Root(parents, outside));
        return body;
    }

    /// <summary>Returns a body voxel by its number in memory order.</summary>
    public (int X, int Y, int Z) Voxel(long number)
    {
        int low = 0, high = segments.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (segments[middle].Before <= number) low = middle;
            else high = middle - 1;
        }
        Segment found = segments[low];
        (int x, int y) = Math.DivRem(found.Row, size.Y);
        return (x, y, found.Start + (int)(number - found.Before));
    }

    /// <summary>Returns the body voxels in a box, in memory order.</summary>
    public List<(int X, int Y, int Z)> Within(VoxelBlock box)
    {
        var found = new List<(int, int, int)>();
        for (int x = (int)box.X; x < box.EndX; x++)
        {
            for (int y = (int)box.Y; y < box.EndY; y++)
            {
                int row = (x * size.Y) + y;
                for (int i = rows[row]; i < rows[row + 1]; i++)
                {
                    for (int z = Math.Max(segments[i].Start, (int)box.Z); z < Math.Min(segments[i].End, box.EndZ); z++) found.Add((x, y, z));
                }
            }
        }
        return found;
    }

    private static void AddRuns(ReadOnlySpan<float> row, float airBelow, List<Run> runs)
    {
        for (int z = 0; z < row.Length; z++)
        {
            if (row[z] >= airBelow) continue;
            int start = z;
            while (z < row.Length && row[z] < airBelow) z++;
            runs.Add(new Run(start, z));
        }
    }

    // Runs of neighbouring rows touch if their voxels differ by at most one along z.
    private static void JoinRows(List<Run> runs, int[] parents, int[] starts, int row, int other)
    {
        int one = starts[row], two = starts[other];
        while (one < starts[row + 1] && two < starts[other + 1])
        {
            if (runs[one].Start <= runs[two].End && runs[two].Start <= runs[one].End) Join(parents, one, two);
            if (runs[one].End < runs[two].End) one++;
            else two++;
        }
    }

    private static int Root(int[] parents, int run)
    {
        while (parents[run] != run) run = parents[run] = parents[parents[run]];
        return run;
    }

    private static void Join(int[] parents, int one, int other)
    {
        (one, other) = (Root(parents, one), Root(parents, other));
        parents[Math.Min(one, other)] = Math.Max(one, other);
    }

    private void Fill(List<Run> runs, int[] starts, Func<int, bool> isOutside)
    {
        (int Low, int High) alongX = (size.X, -1), alongY = (size.Y, -1), alongZ = (size.Z, -1);
        for (int row = 0; row < size.X * size.Y; row++)
        {
            rows[row] = segments.Count;
            int bodyFrom = 0, tissueFrom = 0;
            for (int run = starts[row]; run <= starts[row + 1]; run++)
            {
                bool isEnd = run == starts[row + 1];
                Run air = isEnd ? new Run(size.Z, size.Z) : runs[run];
                if (tissueFrom < air.Start)
                {
                    (int x, int y) = Math.DivRem(row, size.Y);
                    (alongX, alongY) = (Extended(alongX, x, x), Extended(alongY, y, y));
                    alongZ = Extended(alongZ, tissueFrom, air.Start - 1);
                }
                tissueFrom = air.End;
                if (!isEnd && !isOutside(run)) continue;
                if (bodyFrom < air.Start)
                {
                    segments.Add(new Segment(row, bodyFrom, air.Start, Count));
                    Count += air.Start - bodyFrom;
                }
                bodyFrom = air.End;
            }
        }
        rows[^1] = segments.Count;
        Box = alongX.High < 0 ? new VoxelBlock(0, 0, 0, size.X, size.Y, size.Z) : new VoxelBlock(alongX.Low, alongY.Low, alongZ.Low, alongX.High + 1, alongY.High + 1, alongZ.High + 1);
    }

    private static (int Low, int High) Extended((int Low, int High) range, int low, int high) => (Math.Min(range.Low, low), Math.Max(range.High, high));

    private readonly record struct Run(int Start, int End);

    private readonly record struct Segment(int Row, int Start, int End, long Before);
}

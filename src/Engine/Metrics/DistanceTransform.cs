using HiEndMae.Imaging;

namespace HiEndMae.Engine.Metrics;

/// <summary>Computes exact Euclidean distances to the nearest marked voxel in millimetres, axis by axis.</summary>
/// <remarks>Uses lower envelopes of parabolas (Felzenszwalb and Huttenlocher, Distance Transforms of Sampled Functions, 2012), one axis after another as Maurer, Qi and
/// Raghavan (2003). The time is linear in the number of voxels.</remarks>
public static class DistanceTransform
{
    // Lines along x and y are gathered in tiles of neighbouring z, which share cache lines.
    private const int Tile = 16;

    /// <summary>Computes the squared distance of every voxel in mm²; infinite if no voxel is marked.</summary>
    /// <param name="marks">[X, Y, Z], z fastest.</param>
    /// <param name="bit">A voxel is marked if it has this bit.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="spacing">Distance between voxels in mm.</param>
    /// <param name="squared">Receives [X, Y, Z]; may be longer.</param>
    public static void Squared(byte[] marks, byte bit, Size3 size, Spacing3 spacing, float[] squared)
    {
        ArgumentNullException.ThrowIfNull(marks);
        ArgumentNullException.ThrowIfNull(squared);
        if (marks.Length < size.Count || squared.Length < size.Count) throw new ArgumentException($"{size} voxels do not fit.", nameof(squared));
        int plane = size.Y * size.Z, tiles = (size.Z + Tile - 1) / Tile;
        // Two sweeps along z, then y in the same plane while it is in the cache.
        Parallel.For(0, size.X, () => new Envelope(size.Y), (x, _, envelope) =>
        {
            for (int y = 0; y < size.Y; y++) Rows(marks.AsSpan(x * plane + y * size.Z, size.Z), bit, spacing.Z, squared.AsSpan(x * plane + y * size.Z, size.Z));
            for (int tile = 0; tile < tiles; tile++) Lines(squared, x * plane + tile * Tile, Math.Min(Tile, size.Z - tile * Tile), size.Y, size.Z, spacing.Y, envelope);
            return envelope;
        }, _ => { });
        if (size.X == 1) return;
        Parallel.For(0, size.Y, () => new Envelope(size.X), (y, _, envelope) =>
        {
            for (int tile = 0; tile < tiles; tile++) Lines(squared, y * size.Z + tile * Tile, Math.Min(Tile, size.Z - tile * Tile), size.X, plane, spacing.X, envelope);
            return envelope;
        }, _ => { });
    }

    private static void Rows(ReadOnlySpan<byte> marks, byte bit, double spacing, Span<float> squared)
    {
        double distance = double.PositiveInfinity;
        for (int z = 0; z < marks.Length; z++)
        {
            distance = (marks[z] & bit) != 0 ? 0 : distance + spacing;
            squared[z] = (float)(distance * distance);
        }
        distance = double.PositiveInfinity;
        for (int z = marks.Length - 1; z >= 0; z--)
        {
            distance = (marks[z] & bit) != 0 ? 0 : distance + spacing;
            float square = (float)(distance * distance);
            if (square < squared[z]) squared[z] = square;
        }
    }

    // The lines are interleaved: the first voxels of all lines come first.
    private static void Lines(float[] squared, int first, int count, int length, int stride, double spacing, Envelope envelope)
    {
        Span<float> lines = envelope.Lines.AsSpan(0, count * length);
        for (int i = 0; i < length; i++)
        {
            ReadOnlySpan<float> from = squared.AsSpan(first + i * stride, count);
            for (int lane = 0; lane < count; lane++) lines[lane * length + i] = from[lane];
        }
        for (int lane = 0; lane < count; lane++) envelope.Replace(lines.Slice(lane * length, length), spacing * spacing);
        for (int i = 0; i < length; i++)
        {
            Span<float> to = squared.AsSpan(first + i * stride, count);
            for (int lane = 0; lane < count; lane++) to[lane] = lines[lane * length + i];
        }
    }

    private sealed class Envelope(int length)
    {
        private readonly int[] vertices = new int[length];
        private readonly double[] begins = new double[length], lifted = new double[length];
        private readonly float[] values = new float[length];

        public float[] Lines { get; } = new float[Tile * length];

        // Replaces f(q) by the minimum of f(p) + w (q - p)² over p.
        public void Replace(Span<float> line, double w)
        {
            int last = -1;
            for (int q = 0; q < line.Length; q++)
            {
                if (float.IsPositiveInfinity(line[q])) continue;
                double raised = line[q] + w * q * q, begin = double.NegativeInfinity;
                while (last >= 0)
                {
                    begin = (raised - lifted[last]) / (2 * w * (q - vertices[last]));
                    if (begin > begins[last]) break;
                    last--;
                }
                last++;
                vertices[last] = q;
                lifted[last] = raised;
                values[last] = line[q];
                begins[last] = last == 0 ? double.NegativeInfinity : begin;
            }
            if (last < 0) return;
            int at = 0;
            for (int q = 0; q < line.Length; q++)
            {
                while (at < last && begins[at + 1] < q) at++;
                double away = q - vertices[at];
                line[q] = (float)(values[at] + w * away * away);
            }
        }
    }
}

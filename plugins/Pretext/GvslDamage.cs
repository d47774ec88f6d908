using System.Buffers;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The damage of GVSL, on spans [C, X, Y, Z] with z fastest.</summary>
/// <remarks>Source: YutingHe-list/GVSL, PyTorch/utils/Transform_self.py.</remarks>
internal static class GvslDamage
{
    private const double NextBox = 0.95;
    private const int Border = 3;

    /// <summary>Shuffles voxels, changes intensities and paints boxes.</summary>
    /// <param name="input">The crop.</param>
    /// <param name="output">Receives the damaged crop.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="config">Probabilities.</param>
    /// <param name="random">Random numbers.</param>
    public static void Apply(ReadOnlySpan<float> input, Span<float> output, Size3 size, GvslConfig config, ref SplitMix64 random)
    {
        input.CopyTo(output);
        if (random.NextDouble() < config.ShuffleProbability) Shuffle(input, output, size, config.ShuffleWindows, ref random);
        if (random.NextDouble() < config.BendProbability)
        {
            Span<double> points = stackalloc double[8] { 0, 0, random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble(), 1, 1 };
            new BezierCurve(points, inverted: false).Apply(output);
        }
        for (int i = 0; i < config.PaintedBoxes && random.NextDouble() < NextBox; i++)
        {
            int x = Edge(size.X, ref random), y = Edge(size.Y, ref random), z = Edge(size.Z, ref random);
            long startX = Start(size.X, x, ref random), startY = Start(size.Y, y, ref random), startZ = Start(size.Z, z, ref random);
            SplitMix64 noise = new(random.NextBits());
            GenesisDamage.Paint(output, size, new VoxelBlock(startX, startY, startZ, startX + x, startY + y, startZ + z), () => (float)noise.NextDouble());
        }
    }

    // All windows have the same permutation.
    private static void Shuffle(ReadOnlySpan<float> input, Span<float> output, Size3 size, int windows, ref SplitMix64 random)
    {
        (int x, int y, int z) = (size.X / 20, size.Y / 20, size.Z / 20);
        int voxels = x * y * z;
        if (voxels < 2) return;
        int[] rented = ArrayPool<int>.Shared.Rent(voxels);
        Span<int> permutation = rented.AsSpan(0, voxels);
        for (int j = 0; j < voxels; j++)
        {
            int swapped = (int)(random.NextDouble() * (j + 1));
            permutation[j] = permutation[swapped];
            permutation[swapped] = j;
        }
        for (int i = 0; i < windows; i++)
        {
            int startX = (int)(random.NextDouble() * (size.X - x)), startY = (int)(random.NextDouble() * (size.Y - y)), startZ = (int)(random.NextDouble() * (size.Z - z));
            GenesisDamage.Shuffle(input, output, size, new VoxelBlock(startX, startY, startZ, startX + x, startY + y, startZ + z), permutation);
        }
        ArrayPool<int>.Shared.Return(rented);
    }

    // From a tenth of the side to just below a fifth.
    private static int Edge(int side, ref SplitMix64 random) => (side / 10) + (int)(random.NextDouble() * ((side / 5) - (side / 10)));

    private static long Start(int side, int edge, ref SplitMix64 random) => Border + (long)(random.NextDouble() * (side - edge - (2 * Border)));
}

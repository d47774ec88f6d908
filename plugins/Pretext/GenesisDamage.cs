using System.Buffers;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The transformations of Models Genesis, on spans [C, X, Y, Z] with z fastest.</summary>
/// <remarks>Source: MrGiovanni/ModelsGenesis, pytorch/utils.py.</remarks>
internal static class GenesisDamage
{
    private const double NextBox = 0.95;
    private const int MostFlips = 3, Border = 3, MostBoxes = 5;

    /// <summary>Flips a crop along random axes.</summary>
    public static void Flip(Span<float> volume, Size3 size, double probability, ref SplitMix64 random)
    {
        for (int i = 0; i < MostFlips && random.NextDouble() < probability; i++) Flip(volume, size, (int)(random.NextDouble() * 3));
    }

    /// <summary>Flips a crop along an axis of [C, X, Y, Z].</summary>
    /// <param name="volume">The volume, which is changed in place.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="axis">0 for the channels, 1 for x, 2 for y.</param>
    public static void Flip(Span<float> volume, Size3 size, int axis)
    {
        int channels = volume.Length / (int)size.Count, outer = axis switch { 0 => 1, 1 => channels, _ => channels * size.X };
        int count = axis switch { 0 => channels, 1 => size.X, _ => size.Y }, inner = volume.Length / outer / count;
        float[] rented = ArrayPool<float>.Shared.Rent(inner);
        Span<float> kept = rented.AsSpan(0, inner);
        for (int block = 0; block < outer; block++)
        {
            Span<float> rows = volume.Slice(block * count * inner, count * inner);
            for (int low = 0, high = count - 1; low < high; low++, high--)
            {
                Span<float> one = rows.Slice(low * inner, inner), other = rows.Slice(high * inner, inner);
                one.CopyTo(kept);
                other.CopyTo(one);
                kept.CopyTo(other);
            }
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    /// <summary>Shuffles voxels, changes intensities and paints boxes.</summary>
    /// <param name="input">The crop.</param>
    /// <param name="output">Receives the transformed crop.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="config">Probabilities.</param>
    /// <param name="random">Random numbers.</param>
    public static void Damage(ReadOnlySpan<float> input, Span<float> output, Size3 size, ModelsGenesisConfig config, ref SplitMix64 random)
    {
        input.CopyTo(output);
        if (random.NextDouble() < config.ShuffleProbability) Shuffle(input, output, size, config.ShuffleWindows, ref random);
        if (random.NextDouble() < config.BendProbability) Bend(output, ref random);
        if (random.NextDouble() >= config.PaintProbability) return;
        if (random.NextDouble() < config.InpaintProbability) Inpaint(output, size, ref random);
        else Outpaint(output, size, MostBoxes, ref random);
    }

    /// <summary>Changes intensities by a random Bezier curve. Half of the curves decrease.</summary>
    public static void Bend(Span<float> volume, ref SplitMix64 random)
    {
        Span<double> points = stackalloc double[8] { 0, 0, random.NextDouble(), random.NextDouble(), random.NextDouble(), random.NextDouble(), 1, 1 };
        new BezierCurve(points, inverted: random.NextDouble() >= 0.5).Apply(volume);
    }

    /// <summary>Shuffles the voxels of one window: output[j] = input[permutation[j]], where j counts the voxels of the window with z fastest.</summary>
    /// <param name="input">The crop.</param>
    /// <param name="output">Receives the window.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="window">The window.</param>
    /// <param name="permutation">Permutation of its voxels.</param>
    public static void Shuffle(ReadOnlySpan<float> input, Span<float> output, Size3 size, VoxelBlock window, ReadOnlySpan<int> permutation)
    {
        int y = (int)(window.EndY - window.Y), z = (int)(window.EndZ - window.Z), voxels = (int)size.Count;
        for (int channel = 0; channel < input.Length; channel += voxels)
        {
            for (int j = 0; j < permutation.Length; j++) output[channel + Place(j)] = input[channel + Place(permutation[j])];
        }

        int Place(int j) => (((((int)window.X + (j / (y * z))) * size.Y) + (int)window.Y + (j / z % y)) * size.Z) + (int)window.Z + (j % z);
    }

    /// <summary>Smallest and largest edge of painted boxes along an axis, both inclusive.</summary>
    public static (int Low, int High) InpaintBounds(int side) => (side / 6, side / 3);

    /// <summary>Smallest and largest difference between the edges of the crop and of a preserved box along an axis, both inclusive.</summary>
    public static (int Low, int High) OutpaintBounds(int side) => (3 * side / 7, 4 * side / 7);

    /// <summary>Fills a box with noise. All channels get the same noise.</summary>
    /// <param name="volume">The volume, which is changed in place.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="box">The box.</param>
    /// <param name="noise">Returns the next noise value. Voxels are visited with z fastest.</param>
    public static void Paint(Span<float> volume, Size3 size, VoxelBlock box, Func<float> noise)
    {
        int voxels = (int)size.Count;
        for (long x = box.X; x < box.EndX; x++)
        {
            for (long y = box.Y; y < box.EndY; y++)
            {
                int row = (int)(((x * size.Y) + y) * size.Z);
                for (long z = box.Z; z < box.EndZ; z++)
                {
                    float value = noise();
                    for (int channel = 0; channel < volume.Length; channel += voxels) volume[channel + row + (int)z] = value;
                }
            }
        }
    }

    /// <summary>Copies a box of all channels.</summary>
    public static void Copy(ReadOnlySpan<float> from, Span<float> to, Size3 size, VoxelBlock box)
    {
        int voxels = (int)size.Count, length = (int)(box.EndZ - box.Z);
        for (int channel = 0; channel < from.Length; channel += voxels)
        {
            for (long x = box.X; x < box.EndX; x++)
            {
                for (long y = box.Y; y < box.EndY; y++)
                {
                    int start = channel + (int)(((((x * size.Y) + y) * size.Z)) + box.Z);
                    from.Slice(start, length).CopyTo(to[start..]);
                }
            }
        }
    }

    /// <summary>Shuffles the voxels of random windows.</summary>
    /// <param name="input">The crop.</param>
    /// <param name="output">A copy of the crop, in which windows are replaced.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="windows">Number of windows.</param>
    /// <param name="random">Random numbers.</param>
    public static void Shuffle(ReadOnlySpan<float> input, Span<float> output, Size3 size, int windows, ref SplitMix64 random)
    {
        int[] rented = ArrayPool<int>.Shared.Rent(Math.Max(1, size.X / 10) * Math.Max(1, size.Y / 10) * Math.Max(1, size.Z / 10));
        for (int i = 0; i < windows; i++)
        {
            int x = Draw(1, Math.Max(1, size.X / 10), ref random), y = Draw(1, Math.Max(1, size.Y / 10), ref random), z = Draw(1, Math.Max(1, size.Z / 10), ref random);
            VoxelBlock window = At(Draw(0, size.X - x, ref random), Draw(0, size.Y - y, ref random), Draw(0, size.Z - z, ref random), x, y, z);
            Span<int> permutation = rented.AsSpan(0, x * y * z);
            for (int j = 0; j < permutation.Length; j++)
            {
                int swapped = Draw(0, j, ref random);
                permutation[j] = permutation[swapped];
                permutation[swapped] = j;
            }
            Shuffle(input, output, size, window, permutation);
        }
        ArrayPool<int>.Shared.Return(rented);
    }

    private static void Inpaint(Span<float> volume, Size3 size, ref SplitMix64 random)
    {
        for (int i = 0; i < MostBoxes && random.NextDouble() < NextBox; i++) InpaintBox(volume, size, ref random);
    }

    /// <summary>Fills a random box with noise.</summary>
    public static void InpaintBox(Span<float> volume, Size3 size, ref SplitMix64 random)
    {
        VoxelBlock box = Placed(size, Edge(InpaintBounds(size.X), ref random), Edge(InpaintBounds(size.Y), ref random), Edge(InpaintBounds(size.Z), ref random), ref random);
        SplitMix64 noise = new(random.NextBits());
        Paint(volume, size, box, () => (float)noise.NextDouble());
    }

    /// <summary>Fills everything outside random boxes with noise.</summary>
    /// <param name="volume">The volume, which is changed in place.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="mostBoxes">Largest number of boxes.</param>
    /// <param name="random">Random numbers.</param>
    public static void Outpaint(Span<float> volume, Size3 size, int mostBoxes, ref SplitMix64 random)
    {
        float[] rented = ArrayPool<float>.Shared.Rent(volume.Length);
        Span<float> kept = rented.AsSpan(0, volume.Length);
        volume.CopyTo(kept);
        foreach (ref float voxel in volume) voxel = (float)random.NextDouble();
        for (int i = 0; i == 0 || (i < mostBoxes && random.NextDouble() < NextBox); i++)
        {
            VoxelBlock box = Placed(
                size, size.X - Edge(OutpaintBounds(size.X), ref random), size.Y - Edge(OutpaintBounds(size.Y), ref random), size.Z - Edge(OutpaintBounds(size.Z), ref random), ref random);
            Copy(kept, volume, size, box);
        }
        ArrayPool<float>.Shared.Return(rented);
    }

    private static int Edge((int Low, int High) bounds, ref SplitMix64 random) => Draw(bounds.Low, bounds.High, ref random);

    private static VoxelBlock Placed(Size3 size, int x, int y, int z, ref SplitMix64 random) =>
        At(Draw(Border, size.X - x - Border, ref random), Draw(Border, size.Y - y - Border, ref random), Draw(Border, size.Z - z - Border, ref random), x, y, z);

    private static VoxelBlock At(int x, int y, int z, int lengthX, int lengthY, int lengthZ) => new(x, y, z, x + lengthX, y + lengthY, z + lengthZ);

    // Draws from low to high, both inclusive.
    private static int Draw(int low, int high, ref SplitMix64 random) => low + (int)(random.NextDouble() * (high - low + 1));
}

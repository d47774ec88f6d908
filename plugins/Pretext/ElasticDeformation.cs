using System.Buffers;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>TransVW's elastic deformation: smooth random displacements along x and y, on spans [C, X, Y, Z] with z fastest.</summary>
/// <remarks>Source: fhaghighi/TransVW, pytorch/utils/purturbation.py; scipy.ndimage's <c>gaussian_filter</c> (zeros outside, truncate 4) and <c>map_coordinates</c> (linear, mode reflect).</remarks>
internal static class ElasticDeformation
{
    /// <summary>Deforms a crop by random displacements.</summary>
    /// <param name="input">The crop.</param>
    /// <param name="output">Receives the deformed crop.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="strength">Factor of the displacements.</param>
    /// <param name="sigma">Standard deviation of the filter in voxels.</param>
    /// <param name="random">Random numbers.</param>
    public static void Apply(ReadOnlySpan<float> input, Span<float> output, Size3 size, double strength, double sigma, ref SplitMix64 random)
    {
        int voxels = (int)size.Count;
        double[] alongY = ArrayPool<double>.Shared.Rent(voxels), alongX = ArrayPool<double>.Shared.Rent(voxels);
        Draw(alongY.AsSpan(0, voxels), size, strength, sigma, ref random);
        Draw(alongX.AsSpan(0, voxels), size, strength, sigma, ref random);
        Warp(input, output, size, alongX, alongY);
        ArrayPool<double>.Shared.Return(alongY);
        ArrayPool<double>.Shared.Return(alongX);
    }

    /// <summary>Turns uniform numbers into displacements.</summary>
    /// <param name="field">[X, Y, Z], uniform in [0, 1); replaced by displacements in voxels.</param>
    /// <param name="size">X, Y, Z.</param>
    /// <param name="strength">Factor of the displacements.</param>
    /// <param name="sigma">Standard deviation of the filter in voxels.</param>
    public static void Smooth(Span<double> field, Size3 size, double strength, double sigma)
    {
        double[] weights = GaussianWindow.Weights(sigma);
        foreach (ref double value in field) value = (2 * value) - 1;
        Filter(field, 1, size.X, size.Y * size.Z, weights);
        Filter(field, size.X, size.Y, size.Z, weights);
        Filter(field, size.X * size.Y, size.Z, 1, weights);
        foreach (ref double value in field) value *= strength;
    }

    /// <summary>Moves voxels: output[x, y, z] = input[x + alongX, y + alongY, z].</summary>
    public static void Warp(ReadOnlySpan<float> input, Span<float> output, Size3 size, ReadOnlySpan<double> alongX, ReadOnlySpan<double> alongY)
    {
        int voxels = (int)size.Count;
        for (int x = 0, place = 0; x < size.X; x++)
        {
            for (int y = 0; y < size.Y; y++)
            {
                for (int z = 0; z < size.Z; z++, place++)
                {
                    double fromX = x + alongX[place], fromY = y + alongY[place], floorX = Math.Floor(fromX), floorY = Math.Floor(fromY);
                    double partX = fromX - floorX, partY = fromY - floorY;
                    int x0 = GaussianWindow.Mirrored((int)floorX, size.X), x1 = GaussianWindow.Mirrored((int)floorX + 1, size.X), y0 = GaussianWindow.Mirrored((int)floorY, size.Y), y1 = GaussianWindow.Mirrored((int)floorY + 1, size.Y);
                    for (int channel = 0; channel < input.Length; channel += voxels)
                    {
                        int start = channel + z;
                        double near = ((1 - partY) * input[start + (((x0 * size.Y) + y0) * size.Z)]) + (partY * input[start + (((x0 * size.Y) + y1) * size.Z)]);
                        double far = ((1 - partY) * input[start + (((x1 * size.Y) + y0) * size.Z)]) + (partY * input[start + (((x1 * size.Y) + y1) * size.Z)]);
                        output[channel + place] = (float)(((1 - partX) * near) + (partX * far));
                    }
                }
            }
        }
    }

    private static void Draw(Span<double> field, Size3 size, double strength, double sigma, ref SplitMix64 random)
    {
        foreach (ref double value in field) value = random.NextDouble();
        Smooth(field, size, strength, sigma);
    }

    // Filters the middle axis of [outer, side, inner]. Values outside are zero.
    private static void Filter(Span<double> field, int outer, int side, int inner, double[] weights)
    {
        int radius = weights.Length / 2;
        double[] rented = ArrayPool<double>.Shared.Rent(side * inner);
        Span<double> kept = rented.AsSpan(0, side * inner);
        for (int block = 0; block < outer; block++)
        {
            Span<double> rows = field.Slice(block * side * inner, side * inner);
            rows.CopyTo(kept);
            rows.Clear();
            for (int target = 0; target < side; target++)
            {
                Span<double> to = rows.Slice(target * inner, inner);
                for (int from = Math.Max(0, target - radius); from <= Math.Min(side - 1, target + radius); from++)
                {
                    double weight = weights[from - target + radius];
                    ReadOnlySpan<double> row = kept.Slice(from * inner, inner);
                    for (int i = 0; i < to.Length; i++) to[i] += weight * row[i];
                }
            }
        }
        ArrayPool<double>.Shared.Return(rented);
    }
}

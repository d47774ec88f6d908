using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Bench.Shared;

/// <summary>Medians, and the matrix product that other times are compared with.</summary>
internal static class Timing
{
    /// <summary>Edge of the matrices of <see cref="Product"/>.</summary>
    public const int MatrixSize = 2048;

    /// <summary>Returns the median.</summary>
    public static double Median(IEnumerable<double> times)
    {
        double[] sorted = [.. times.Order()];
        return sorted[sorted.Length / 2];
    }

    /// <summary>Returns the seconds of one product of matrices of 2048 x 2048.</summary>
    public static double Product()
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor square = rand(MatrixSize, MatrixSize);
        long start = Stopwatch.GetTimestamp();
        square.matmul(square);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}

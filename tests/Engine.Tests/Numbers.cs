using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Goldens and comparisons.</summary>
internal static class Numbers
{
    public static IReadOnlyDictionary<string, Tensor> Golden(string name) => Safetensors.Read(Path.Combine(AppContext.BaseDirectory, "goldens", name));

    public static void AssertClose(Tensor expected, Tensor actual, double relative)
    {
        Assert.Equal(expected.shape, actual.shape);
        double scale = expected.abs().max().to(ScalarType.Float64).item<double>(), difference = (expected - actual).abs().max().to(ScalarType.Float64).item<double>();
        Assert.True(difference <= relative * scale, $"largest difference {difference}, largest value {scale}");
    }
}

using HiEndMae.Engine.Data.Crops;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests.Data;

public sealed class CropResizerTests
{
    [Theory]
    [InlineData(8, 9, 10, 16, 12, 10)]
    [InlineData(13, 8, 12, 8, 8, 8)]
    [InlineData(1, 2, 3, 8, 9, 10)]
    public void It_resizes_as_libtorch_does_without_aligned_corners(int x, int y, int z, int toX, int toY, int toZ)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor crop = rand(new long[] { 1, 2, x, y, z }, generator: new Generator(3));
        var resized = new float[2 * toX * toY * toZ];
        CropResizer.Resize(crop.data<float>().ToArray(), new Size3(x, y, z), resized, new Size3(toX, toY, toZ));
        Tensor expected = nn.functional.interpolate(crop, [toX, toY, toZ], mode: InterpolationMode.Trilinear, align_corners: false);
        Numbers.AssertClose(expected, tensor(resized, expected.shape), 1e-6);
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Computes 3D convolutions with the fastest method for their sizes and device. All methods give the same numbers up to rounding.</summary>
/// <remarks>
/// In float32 on CPUs, a convolution that keeps the size is computed directly (<see cref="DirectConvKernel"/>), and a 1x1x1 convolution or a transposed convolution whose voxels do
/// not overlap is one matrix product over voxels. The library computes all other convolutions, on CPUs with channels last. Convolutions with groups are the exception, see <see cref="ForLibrary"/>.
/// </remarks>
internal static class Convolution
{
    /// <summary>A plain or transposed convolution with a cubic kernel.</summary>
    /// <param name="x">[B, C, X, Y, Z].</param>
    /// <param name="weight">[C', C / groups, k, k, k]; [C, C' / groups, k, k, k] if transposed.</param>
    /// <param name="bias">[C']; null for none.</param>
    /// <param name="shape">Widths, kernel, stride, padding and groups.</param>
    /// <returns>[B, C', ...].</returns>
    public static Tensor Apply(Tensor x, Tensor weight, Tensor? bias, ConvShape shape)
    {
        using DisposeScope scope = NewDisposeScope();
        bool products = x.device_type == DeviceType.CPU && x.dtype == ScalarType.Float32 && shape is { Groups: 1, Padding: 0 };
        if (products && !shape.Transposed && shape is { Kernel: 1, Strides: (1, 1, 1) }) return Pointwise(x, weight, bias).MoveToOuterDisposeScope();
        if (products && shape.Transposed && shape.Strides == (shape.Kernel, shape.Kernel, shape.Kernel)) return Enlarging(x, weight, bias).MoveToOuterDisposeScope();
        if (!shape.Transposed && shape is { Groups: 1, Strides: (1, 1, 1) } && shape.Padding == shape.Kernel / 2 && DirectConvFunction.Serves(x, weight))
            return DirectConvFunction.Run(x, weight, bias).MoveToOuterDisposeScope();
        Tensor volumes = ForLibrary(x, shape);
        long[] stride = [shape.Strides.X, shape.Strides.Y, shape.Strides.Z], padding = [shape.Padding, shape.Padding, shape.Padding];
        Tensor y = shape.Transposed
            ? nn.functional.conv_transpose3d(volumes, weight, bias, stride, padding, groups: shape.Groups)
            : nn.functional.conv3d(volumes, weight, bias, stride, padding, groups: shape.Groups);
        return y.MoveToOuterDisposeScope();
    }

    /// <summary>Converts the input of a library convolution to the memory format in which the library computes it fast and correctly.</summary>
    /// <remarks>
    /// Gap: if channels are last, oneDNN 3.7.1 computes wrong gradients for the inputs of 3D convolutions with groups, and wrong transposed convolutions with groups. Nearly every value is wrong.
    /// It happens on AMD processors of family 26, with AVX2 and with AVX-512. An older AMD processor with AVX-512 computes them correctly (not reported upstream).
    /// Shown by: ConvolutionTests, and the goldens of MedNeXt, HySparK and SparK. Remove it once libtorch has a oneDNN without this fault.
    /// </remarks>
    private static Tensor ForLibrary(Tensor x, ConvShape shape) => shape.Groups > 1 && x.device_type == DeviceType.CPU ? x.contiguous() : ChannelsLast.ForConvolution(x);

    private static Tensor Pointwise(Tensor x, Tensor weight, Tensor? bias)
    {
        Tensor rows = ChannelsLast.Rows(x), map = weight.flatten(1); // [B, X, Y, Z, C], [C', C]
        if (weight.shape[1] > 1) return ChannelsLast.Volumes(nn.functional.linear(rows, map, bias));
        // If a norm follows, it removes the scale of this layer, so the gradient is a small difference of large sums over voxels. The library's sum over a product is more exact than a matrix product.
        Tensor scaled = rows * map.flatten();
        return ChannelsLast.Volumes(bias is null ? scaled : scaled + bias);
    }

    // Every voxel becomes a cube of k^3 voxels.
    private static Tensor Enlarging(Tensor x, Tensor weight, Tensor? bias)
    {
        (long outputs, long edge) = (weight.shape[1], weight.shape[2]);
        long[] sizes = x.shape;
        Tensor map = weight.permute(2, 3, 4, 1, 0).reshape(-1, weight.shape[0]); // [k k k C', C]
        Tensor cubes = nn.functional.linear(ChannelsLast.Rows(x), map) // [B, X, Y, Z, k k k C']
            .reshape(sizes[0], sizes[2], sizes[3], sizes[4], edge, edge, edge, outputs)
            .permute(0, 1, 4, 2, 5, 3, 6, 7)
            .reshape(sizes[0], edge * sizes[2], edge * sizes[3], edge * sizes[4], outputs);
        return ChannelsLast.Volumes(bias is null ? cubes : cubes + bias);
    }
}

using HiEndMae.Configuration.Shared;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The random deformation that all crops of a pair get: an affine map, then a flow.</summary>
/// <remarks>Source: YutingHe-list/GVSL, PyTorch/utils/Transform_self.py, SpatialTransform.</remarks>
/// <param name="Matrix">[1, 3, 4].</param>
/// <param name="Flow">[1, 3, X, Y, Z], in voxels.</param>
internal sealed record GvslDeformation(Tensor Matrix, Tensor Flow)
{
    /// <summary>Draws a deformation.</summary>
    /// <param name="like">[B, C, X, Y, Z]: size, device and type.</param>
    /// <param name="config">Strengths.</param>
    /// <param name="random">Random numbers.</param>
    /// <param name="generator">Random numbers of the flow.</param>
    public static GvslDeformation Draw(Tensor like, GvslConfig config, ref SplitMix64 random, Generator generator)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] angles = new double[3], scales = new double[3], shears = new double[6], shifts = new double[3];
        Fill(angles, 0, config.MaxDegrees * Math.PI / 180, ref random);
        Fill(scales, 1, config.MaxScaling, ref random);
        Fill(shears, 0, config.MaxShearDegrees * Math.PI / 180, ref random);
        Fill(shifts, 0, config.MaxShift, ref random);
        double factor = random.NextDouble() * config.MaxElastic, deviation = config.MinElasticDeviation + (random.NextDouble() * (config.MaxElasticDeviation - config.MinElasticDeviation));
        long[] size = like.shape;
        Tensor uniform = rand([1, 3, size[2], size[3], size[4]], dtype: like.dtype, device: like.device, generator: generator);
        return new GvslDeformation(MatrixOf(like, angles, scales, shears, shifts).MoveToOuterDisposeScope(), FlowOf(uniform, factor, deviation).MoveToOuterDisposeScope());
    }

    /// <summary>Builds the affine map.</summary>
    /// <param name="like">[B, C, X, Y, Z]: size, device and type.</param>
    /// <param name="angles">About x, y, z, in radians.</param>
    /// <param name="scales">Along x, y, z.</param>
    /// <param name="shears">Six angles in radians.</param>
    /// <param name="shifts">Along x, y, z, as fractions of a side.</param>
    public static Tensor MatrixOf(Tensor like, double[] angles, double[] scales, double[] shears, double[] shifts)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = like.shape;
        Tensor Row(IEnumerable<double> numbers) => tensor(numbers.ToArray()).unsqueeze(0);
        return GvslAffine.Matrix(Row(angles), Row(scales), Row(shifts.Select((shift, axis) => shift * size[2 + axis])), Row(shears)).to(like.dtype).to(like.device).MoveToOuterDisposeScope();
    }

    /// <summary>Builds the flow. Along sides with an even number of voxels it carries half a voxel more, as in the official code.</summary>
    /// <param name="uniform">[1, 3, X, Y, Z], numbers from 0 to 1.</param>
    /// <param name="factor">Multiplies the smoothed numbers.</param>
    /// <param name="deviation">Standard deviation of the smoothing, in voxels.</param>
    public static Tensor FlowOf(Tensor uniform, double factor, double deviation)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = uniform.shape;
        double[,] Smoothing(int axis) => AxisMap.Gaussian((int)size[axis], deviation, mirrored: false);
        Tensor flow = AxisMap.Apply((2 * uniform.squeeze(0)) - 1, Smoothing(2), Smoothing(3), Smoothing(4)) * factor; // [3, X, Y, Z]
        Tensor halves = tensor([.. size.Skip(2).Select(side => side % 2 == 0 ? 0.5 : 0)], dtype: flow.dtype, device: flow.device).reshape(3, 1, 1, 1);
        return (flow + halves).unsqueeze(0).MoveToOuterDisposeScope();
    }

    /// <summary>Applies the deformation to volumes [B, C, X, Y, Z].</summary>
    public Tensor Apply(Tensor volumes)
    {
        using DisposeScope scope = NewDisposeScope();
        long samples = volumes.shape[0];
        return GvslAffine.Warp(GvslAffine.Apply(volumes, Matrix.expand(samples, -1, -1)), Flow.expand(samples, -1, -1, -1, -1)).MoveToOuterDisposeScope();
    }

    private static void Fill(double[] numbers, double middle, double reach, ref SplitMix64 random)
    {
        for (int i = 0; i < numbers.Length; i++) numbers[i] = middle + (((2 * random.NextDouble()) - 1) * reach);
    }
}

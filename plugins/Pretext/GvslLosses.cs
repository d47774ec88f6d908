using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>The losses of GVSL, as scalars.</summary>
/// <remarks>Source: YutingHe-list/GVSL, PyTorch/utils/losses.py.</remarks>
/// <param name="Correlation">One minus the mean local correlation of the registered and the fixed crop.</param>
/// <param name="Restoration">Mean squared difference of the restored and the undamaged crop.</param>
/// <param name="Smoothness">Mean squared difference of neighbours of the flow.</param>
internal sealed record GvslLosses(Tensor Correlation, Tensor Restoration, Tensor Smoothness)
{
    private const int Radius = 4;
    private const double Eps = 1e-5, WindowVoxels = 9 * 9 * 9;

    /// <summary>The weighted sum.</summary>
    public Tensor Total(GvslConfig config) => Correlation + (config.RestorationWeight * Restoration) + (config.SmoothnessWeight * Smoothness);

    /// <summary>One minus the mean of squared correlations in windows of 9 x 9 x 9 voxels. Beyond a volume there is 0.</summary>
    /// <param name="one">[B, C, X, Y, Z].</param>
    /// <param name="other">[B, C, X, Y, Z].</param>
    public static Tensor Dissimilarity(Tensor one, Tensor other)
    {
        using DisposeScope scope = NewDisposeScope();
        long[] size = one.shape;
        double[,] Window(int axis) => AxisMap.Window((int)size[axis], Radius);
        Tensor[] sums = AxisMap.Apply(stack([one, other, one * one, other * other, one * other]).reshape(-1, size[2], size[3], size[4]), Window(2), Window(3), Window(4)).reshape(5, -1).unbind(0);
        Tensor cross = sums[4] - (sums[0] * sums[1] / WindowVoxels);
        Tensor varianceOfOne = sums[2] - (sums[0] * sums[0] / WindowVoxels), varianceOfOther = sums[3] - (sums[1] * sums[1] / WindowVoxels);
        return (1 - (cross * cross / ((varianceOfOne * varianceOfOther) + Eps)).mean()).MoveToOuterDisposeScope();
    }

    /// <summary>Mean squared difference of neighbours, averaged over the axes.</summary>
    /// <param name="flow">[B, 3, X, Y, Z].</param>
    public static Tensor Roughness(Tensor flow)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor Along(int axis) => (flow.narrow(axis, 1, flow.shape[axis] - 1) - flow.narrow(axis, 0, flow.shape[axis] - 1)).square().mean();
        return ((Along(2) + Along(3) + Along(4)) / 3).MoveToOuterDisposeScope();
    }
}

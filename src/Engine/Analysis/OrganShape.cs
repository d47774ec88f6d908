using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Analysis;

/// <summary>Size and shape of a class in a label map.</summary>
/// <param name="VolumeMl">Volume, ml.</param>
/// <param name="SurfaceMm2">Area of the voxel faces that bound it, mm2. The sum over voxel faces exceeds the area of a smooth surface, by half for a ball.</param>
/// <param name="Elongation">Longest over shortest principal axis: the square root of the ratio of the largest to the smallest eigenvalue of the covariance of its points. 1 for a ball.</param>
public sealed record OrganShape(double VolumeMl, double SurfaceMm2, double Elongation)
{
    /// <summary>Measures every class.</summary>
    /// <param name="labels">Class indices.</param>
    /// <param name="numClasses">Number of classes K; indices are less than K.</param>
    /// <returns>The shapes by class; null for background and for classes without voxels.</returns>
    public static OrganShape?[] Of(Volume<ushort> labels, int numClasses)
    {
        ArgumentNullException.ThrowIfNull(labels);
        (Size3 size, Spacing3 spacing) = (labels.Size, labels.Affine.Spacing);
        var count = new long[numClasses];
        var area = new double[numClasses];
        var sums = new double[numClasses, 3];
        var products = new double[numClasses, 3, 3];
        double[] faces = [spacing.Y * spacing.Z, spacing.X * spacing.Z, spacing.X * spacing.Y];
        int[] strides = [size.Y * size.Z, size.Z, 1];
        var place = new double[3];
        for (int at = 0; at < labels.Voxels.Length; at++)
        {
            int label = labels.Voxels[at];
            if (label == 0) continue;
            int[] index = [at / strides[0], at / size.Z % size.Y, at % size.Z];
            count[label]++;
            for (int axis = 0; axis < 3; axis++)
            {
                place[axis] = index[axis] * spacing[axis];
                if (index[axis] == 0 || labels.Voxels[at - strides[axis]] != label) area[label] += faces[axis];
                if (index[axis] == size[axis] - 1 || labels.Voxels[at + strides[axis]] != label) area[label] += faces[axis];
            }
            for (int i = 0; i < 3; i++)
            {
                sums[label, i] += place[i];
                for (int j = 0; j <= i; j++) products[label, i, j] += place[i] * place[j];
            }
        }
        var shapes = new OrganShape?[numClasses];
        for (int label = 1; label < numClasses; label++)
        {
            if (count[label] == 0) continue;
            var covariance = new double[9];
            for (int i = 0; i < 3; i++)
            {
                for (int j = 0; j <= i; j++)
                    covariance[(i * 3) + j] = covariance[(j * 3) + i] = (products[label, i, j] / count[label]) - (sums[label, i] / count[label] * (sums[label, j] / count[label]));
                // A voxel counts as a box, so that a class of one voxel has a shape too.
                covariance[i * 4] += spacing[i] * spacing[i] / 12;
            }
            shapes[label] = new OrganShape(count[label] * spacing.X * spacing.Y * spacing.Z / 1000, area[label], Elongated(covariance));
        }
        return shapes;
    }

    private static double Elongated(double[] covariance)
    {
        using DisposeScope scope = NewDisposeScope();
        double[] values = linalg.eigvalsh(tensor(covariance, [3, 3])).data<double>().ToArray();
        return Math.Sqrt(values[2] / values[0]);
    }
}

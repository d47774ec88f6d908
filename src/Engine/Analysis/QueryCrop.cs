using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Analysis;

/// <summary>The crop of a query.</summary>
/// <param name="Image">[C, X, Y, Z], intensities as in training; 0 outside the case.</param>
/// <param name="Labels">[X, Y, Z]; null if the case has none.</param>
/// <param name="Grid">Grid of the crop.</param>
public sealed record QueryCrop(float[] Image, ushort[]? Labels, VolumeGrid Grid)
{
    /// <summary>Cuts the crop.</summary>
    /// <param name="source">The prepared case.</param>
    /// <param name="start">First voxel; negative if the case is smaller than the crop.</param>
    /// <param name="crop">Voxels of the crop.</param>
    public static QueryCrop Cut(PreparedCase source, Size3 start, Size3 crop)
    {
        ArgumentNullException.ThrowIfNull(source);
        var plan = new CropPlan(start, crop, false, false, false, 0, 1, 0);
        var image = new float[source.Channels * crop.Count];
        CropCopier.CopyImage(source, plan, image);
        ushort[]? labels = null;
        if (source.HasLabel)
        {
            var wide = new long[crop.Count];
            CropCopier.CopyLabel(source, plan, wide);
            labels = [.. wide.Select(label => (ushort)label)];
        }
        return new QueryCrop(image, labels, source.Layout.Grid.Cut(new VoxelBox(start.X, start.Y, start.Z, crop)));
    }
}

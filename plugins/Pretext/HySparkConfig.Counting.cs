using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record HySparkConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        SparseShape shape = SparseShape.Of(context, "hyspark", DecoderWidth);
        return SparseCounts.Of(shape, DecoderWidth, DensifyNorm.None, (i, voxels) =>
        {
            LayerCounts step = HySparkStep.Count(DecoderWidth >> i, voxels);
            return i > 0 && i < shape.Widths.Count ? step + HySparkConvs.Count(voxels, 2 * (DecoderWidth >> i), DecoderWidth >> i) : step;
        });
    }
}

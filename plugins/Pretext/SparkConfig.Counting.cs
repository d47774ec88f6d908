using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record SparkConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        SparseShape shape = SparseShape.Of(context, "spark", DecoderWidth);
        return SparseCounts.Of(shape, DecoderWidth, DensifyNorm, (i, voxels) => SparkStep.Count(DecoderWidth >> i, voxels));
    }
}

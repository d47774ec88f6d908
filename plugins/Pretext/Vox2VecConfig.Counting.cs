using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record Vox2VecConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    int IDecoderCounter.EncoderPasses => 2 * Pairs;

    // Each pair with its largest number of voxels. Similarities of voxels depend on the batch and are no layers, so they are not counted.
    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        int width = Vox2VecTask.WidthOf(this, context);
        LayerCounts head = LayerCounts.Linear(1, width, width) + LayerCounts.Linear(1, width, width) + LayerCounts.Linear(1, width, EmbeddingSize) + new LayerCounts { Parameters = 4 * width };
        OperationCount one = Counts.Of("decoder.proj_head", head);
        return [one.Times(2 * Pairs * Voxels) with { Parameters = one.Parameters }];
    }
}

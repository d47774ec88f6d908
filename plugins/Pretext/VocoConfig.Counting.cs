using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record VocoConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    // Student and teacher. The teacher has no backward pass.
    int IDecoderCounter.EncoderPasses => 2 * Views;

    private int Views => RandomCrops + (GridCells * GridCells);

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        VocoGrid.Of(this, context.CropSize);
        int width = VocoTask.Pooled(context.Encoder).Sum(level => level.Channels);
        LayerCounts head = LayerCounts.Linear(1, width, EmbeddingSize) + LayerCounts.Linear(1, EmbeddingSize, EmbeddingSize) + LayerCounts.Linear(1, EmbeddingSize, EmbeddingSize);
        OperationCount one = Counts.Of("decoder.proj_head", head);
        return [one.Times(2 * Views) with { Parameters = one.Parameters }];
    }
}

using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record SupConfig : IDecoderCounter
{
    private const int NumViews = 2, NumTurns = 4;

    int IDecoderCounter.DenseStages => 0;

    int IDecoderCounter.EncoderPasses => NumViews;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        SupShape shape = SupShape.Of(this, context);
        var parts = new List<OperationCount>
        {
            Views("decoder.rotation", LayerCounts.Linear(1, shape.Width, NumTurns)),
            Views("decoder.contrastive", LayerCounts.Linear(1, shape.Width, EmbeddingSize)),
        };
        long voxels = context.CropSize.Count >> (3 * shape.Doublings);
        int inputs = shape.Width;
        foreach ((int i, int outputs) in shape.Widths.Index())
        {
            parts.Add(Views($"decoder.reconstruction.{i}", LayerCounts.Convolution(voxels, inputs, outputs, 3, bias: true)));
            (inputs, voxels) = (outputs, 8 * voxels);
        }
        parts.Add(Views("decoder.reconstruction.last", LayerCounts.Convolution(voxels, inputs, shape.InChannels, 1, bias: true)));
        return parts;
    }

    // Two views of each crop go through the same parameters.
    private static OperationCount Views(string part, LayerCounts counts)
    {
        OperationCount one = Counts.Of(part, counts);
        return one.Times(NumViews) with { Parameters = one.Parameters };
    }
}

using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record UnimissConfig : IDecoderCounter
{
    private const int NumViews = 2, NumModels = 2;

    int IDecoderCounter.DenseStages => 0;

    // Student and teacher. The teacher has no backward pass. The encoder counts the slices of a volume with it.
    int IDecoderCounter.EncoderPasses => NumViews * NumModels;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        int width = UnimissTask.Width(this, context), passes = NumViews * NumModels * (1 + ViewSize.X);
        LayerCounts head = LayerCounts.Linear(1, width, HiddenSize) + LayerCounts.Linear(1, HiddenSize, HiddenSize) + LayerCounts.Linear(1, HiddenSize, BottleneckSize) + LayerCounts.Linear(1, BottleneckSize, Outputs, bias: false);
        OperationCount one = Counts.Of("decoder.head", head);
        return [one.Times(passes) with { Parameters = one.Parameters }];
    }
}

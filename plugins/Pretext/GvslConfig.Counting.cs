using HiEndMae.Counting;

namespace HiEndMae.Plugins.Pretext;

public sealed partial record GvslConfig : IDecoderCounter
{
    int IDecoderCounter.DenseStages => 0;

    IReadOnlyList<OperationCount> IDecoderCounter.Count(DecoderContext context, double maskRatio)
    {
        GvslShape shape = GvslShape.Of(context);
        return [.. GvslHeads.Count(this, shape.Bottom, shape.Finest, shape.InChannels, context.CropSize.Count).Select(head => PerCrop(Counts.Of($"decoder.{head.Name}", head.Counts)))];
    }

    // The heads run once for two crops.
    private static OperationCount PerCrop(OperationCount pair) => pair with
    {
        Activations = pair.Activations / 2,
        MultiplyAdds = pair.MultiplyAdds / 2,
        PaperMultiplyAdds = pair.PaperMultiplyAdds / 2,
        Products = new ProductCount(pair.Products.Convolutions / 2, pair.Products.TransposedConvolutions / 2, pair.Products.Linear / 2, pair.Products.Attention / 2),
    };
}

using HiEndMae.Counting;
using HiEndMae.Imaging;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Encoders;

public sealed partial record Vit3dConfig : IEncoderCounter
{
    EncoderInfo IEncoderCounter.Describe(EncoderContext context) => new TokenEncoderInfo(
        context.InChannels, EmbedDim, Depth, Size3.Cube(PatchSize), Grid(context), context.Use == EncoderUse.Pretraining);

    IReadOnlyList<OperationCount> IEncoderCounter.Count(EncoderContext context, double maskRatio)
    {
        bool pretraining = context.Use == EncoderUse.Pretraining;
        long visible = TokenMask.CountVisible(Grid(context).Count, maskRatio), tokens = visible + (pretraining ? 1 : 0);
        LayerCounts embedding = LayerCounts.Linear(visible, (long)context.InChannels * PatchSize * PatchSize * PatchSize, EmbedDim);
        LayerCounts blocks = default;
        for (int i = 0; i < Depth; i++) blocks += LayerCounts.TransformerBlock(tokens, EmbedDim, MlpRatio);
        bool trained = !pretraining || PosEmbed == PositionEmbedding.Perceptron;
        long others = (pretraining ? EmbedDim : 0) + (trained ? (long)Grid(context).Count * EmbedDim : 0);
        return
        [
            Counts.Of("encoder.patch_embed", embedding) with { Parameters = embedding.Parameters + others },
            Counts.Of("encoder.blocks", blocks),
            Counts.Of("encoder.norm", LayerCounts.Norm(tokens, EmbedDim)),
        ];
    }

    private Size3 Grid(EncoderContext context) => new(context.CropSize.X / PatchSize, context.CropSize.Y / PatchSize, context.CropSize.Z / PatchSize);
}

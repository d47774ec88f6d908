using HiEndMae.Counting;
using HiEndMae.Nn;

namespace HiEndMae.Plugins.Decoders;

/// <summary>Costs of <see cref="HiEndMaeDecoder"/>, part by part.</summary>
internal static class DecoderCounts
{
    // The paper's tables count 12^3 outputs per token even if a patch has 16^3 voxels.
    private const long PaperOutputs = 1728;

    public static IReadOnlyList<OperationCount> Of(HiEndMaeConfig config, DecoderContext context, double maskRatio)
    {
        TokenEncoderInfo encoder = context.Encoder as TokenEncoderInfo ?? throw new PluginException("Masked reconstruction needs an encoder of patch tokens; this one returns a feature pyramid.");
        long patches = encoder.Grid.Count, extra = encoder.HasClassToken ? 1 : 0, tokens = patches + extra, visible = TokenMask.CountVisible(patches, maskRatio) + extra;
        int width = config.EmbedDim;
        LayerCounts plain = LayerCounts.TransformerBlock(tokens, width, config.MlpRatio);
        LayerCounts projection = LayerCounts.Linear(visible, encoder.EmbedDim, width);
        var parts = new List<OperationCount>
        {
            // The mask token is a parameter, too. The paper's count does not include projections.
            Counts.Of("decoder.embed", projection) with { Parameters = projection.Parameters + width, PaperMultiplyAdds = 0 },
            Counts.Of("decoder.blocks", plain).Times(config.SelfDepth),
        };
        foreach (int layer in config.StageLayers)
        {
            string part = FormattableString.Invariant($"decoder.stages.{layer}");
            if (!config.DenseLayers.Contains(layer))
            {
                parts.Add(Counts.Of(part, plain).Times(config.StageDepth));
                continue;
            }
            LayerCounts dense = LayerCounts.DenseBlock(tokens, visible, width, config.MlpRatio), all = dense + projection;
            parts.Add(Counts.Of(part, all) with { PaperMultiplyAdds = dense.Operations - dense.AttentionProducts });
        }
        LayerCounts norm = LayerCounts.Norm(tokens, width), head = LayerCounts.Linear(tokens, width, (long)encoder.InChannels * encoder.PatchSize.Count);
        parts.Add(Counts.Of("decoder.norm", norm));
        parts.Add(Counts.Of("decoder.head", head) with { PaperMultiplyAdds = tokens * width * PaperOutputs });
        return parts;
    }
}

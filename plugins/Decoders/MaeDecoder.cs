namespace HiEndMae.Plugins.Decoders;

/// <summary>The decoder of MAE: self-attention blocks and no stages.</summary>
internal sealed class MaeDecoder(MaeConfig config, DecoderContext context)
    : StagedDecoder(nameof(MaeDecoder), Staged(config), context)
{
    internal static HiEndMaeConfig Staged(MaeConfig config) => new()
    {
        EmbedDim = config.EmbedDim,
        NumHeads = config.NumHeads,
        SelfDepth = config.Depth,
        StageLayers = [],
        DenseLayers = [],
        MlpRatio = config.MlpRatio,
        NormTargets = config.NormTargets,
        CheckpointBlocks = config.CheckpointBlocks,
    };
}

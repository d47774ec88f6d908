namespace HiEndMae.Plugins.Decoders;

/// <summary>The decoder of MAE: the decoder of Hi-End-MAE with self-attention blocks and without stages.</summary>
internal sealed class MaeDecoder(MaeConfig config, DecoderContext context) : HiEndMaeDecoder(Staged(config), context)
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

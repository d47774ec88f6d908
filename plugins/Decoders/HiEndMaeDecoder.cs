namespace HiEndMae.Plugins.Decoders;

/// <summary>The decoder of Hi-End-MAE.</summary>
internal sealed class HiEndMaeDecoder(HiEndMaeConfig config, DecoderContext context)
    : StagedDecoder(nameof(HiEndMaeDecoder), config, context);

using HiEndMae.Engine.Weights.Naming;

namespace HiEndMae.Engine.Weights.Formats;

/// <summary>This program's names, and those of the official Hi-End-MAE code and of MONAI's UNETR.</summary>
/// <remarks>Sources: github.com/FengheTan9/Hi-End-MAE (pre-training and fine-tuning code), MONAI 1.2 <c>monai/networks/nets/unetr.py</c> and <c>vit.py</c>.</remarks>
internal static class HiEndMaeNames
{
    // The official decoder numbers its dense stages in the order they run: layers 9, 6, 3.
    private static readonly string[] StageLayers = ["9", "6", "3"];

    public static WeightFormat Own { get; } = new(
        FormatNames.Own, "this program", _ => true, [WeightRule.Of(@"((?:encoder|decoder|head)\..+)", "$1")], [WeightRule.Of(@"((?:encoder|decoder|head)\..+)", "$1")]);

    public static WeightFormat Official { get; } = new(
        FormatNames.Official, "the official Hi-End-MAE pre-training code", names => names.Any(name => name is "encoder_pos_embed" or "mask_token"),
        [
            .. StageLayers.Select((layer, index) => WeightRule.Of($@"decoder\.cross_attention_blocks\.{index}\.(.+)", $"decoder.stages.{layer}.$1")),
            WeightRule.Of("encoder_pos_embed", "encoder.pos_embed"),
            WeightRule.Unused("decoder_pos_embed", "the decoder's table of positions is computed"),
            WeightRule.Of("mask_token", "decoder.mask_token"),
            WeightRule.Of(@"(encoder_to_decoder\..+)", "decoder.$1"),
            WeightRule.Of(@"((?:encoder|decoder)\..+)", "$1"),
        ],
        [
            .. StageLayers.Select((layer, index) => WeightRule.Of($@"decoder\.stages\.{layer}\.(.+)", $"decoder.cross_attention_blocks.{index}.$1")),
            WeightRule.Of(@"encoder\.pos_embed", "encoder_pos_embed"),
            WeightRule.Of(@"decoder\.mask_token", "mask_token"),
            WeightRule.Of(@"decoder\.(encoder_to_decoder\..+)", "$1"),
            WeightRule.Of(@"((?:encoder|decoder)\..+)", "$1"),
            WeightRule.Unused(@"head\..+", "the official pre-training code has no head"),
        ]);

    public static WeightFormat Monai { get; } = new(
        FormatNames.Monai, "MONAI's UNETR", names => names.Any(name => name.StartsWith("vit.", StringComparison.Ordinal)),
        [
            WeightRule.Of(@"vit\.patch_embedding\.position_embeddings", "encoder.pos_embed"),
            WeightRule.Of(@"vit\.patch_embedding\.patch_embeddings\.1\.(weight|bias)", "encoder.patch_embed.proj.$1"),
            WeightRule.Of(@"vit\.blocks\.(\d+)\.mlp\.linear([12])\.(weight|bias)", "encoder.blocks.$1.mlp.fc$2.$3"),
            WeightRule.Of(@"vit\.blocks\.(\d+)\.attn\.out_proj\.(weight|bias)", "encoder.blocks.$1.attn.proj.$2"),
            WeightRule.Of(@"vit\.blocks\.(\d+)\.(attn\.qkv|norm1|norm2)\.(weight|bias)", "encoder.blocks.$1.$2.$3"),
            WeightRule.Of(@"vit\.norm\.(weight|bias)", "encoder.norm.$1"),
            WeightRule.Of(@"((?:encoder[1-4]|decoder[2-5]|out)\..+)", "head.$1"),
        ],
        [
            WeightRule.Of(@"encoder\.pos_embed", "vit.patch_embedding.position_embeddings"),
            WeightRule.Of(@"encoder\.patch_embed\.proj\.(weight|bias)", "vit.patch_embedding.patch_embeddings.1.$1"),
            WeightRule.Of(@"encoder\.blocks\.(\d+)\.mlp\.fc([12])\.(weight|bias)", "vit.blocks.$1.mlp.linear$2.$3"),
            WeightRule.Of(@"encoder\.blocks\.(\d+)\.attn\.proj\.(weight|bias)", "vit.blocks.$1.attn.out_proj.$2"),
            WeightRule.Of(@"encoder\.blocks\.(\d+)\.(.+)", "vit.blocks.$1.$2"),
            WeightRule.Of(@"encoder\.norm\.(weight|bias)", "vit.norm.$1"),
            WeightRule.Unused(@"encoder\.cls_token", "UNETR has no class token"),
            WeightRule.Unused(@"decoder\..+", "UNETR has no pre-training decoder"),
            WeightRule.Of(@"head\.(.+)", "$1"),
        ]);
}

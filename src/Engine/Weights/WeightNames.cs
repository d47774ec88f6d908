using System.Text.RegularExpressions;

namespace HiEndMae.Engine.Weights;

/// <summary>Names of weights in other programs, declared: which goes where, and which is not used.</summary>
/// <remarks>Sources: github.com/FengheTan9/Hi-End-MAE (pre-training and fine-tuning code), MONAI 1.2 <c>monai/networks/nets/unetr.py</c> and <c>vit.py</c>.</remarks>
public static class WeightNames
{
    /// <summary>This program's own: <c>encoder.*</c>, <c>decoder.*</c>, <c>head.*</c>.</summary>
    public const string Own = "own";

    /// <summary>The official pre-training code's.</summary>
    public const string Official = "official";

    /// <summary>MONAI's UNETR's.</summary>
    public const string Monai = "monai";

    // The official decoder numbers its dense stages in the order they run: layers 9, 6, 3.
    private static readonly string[] StageLayers = ["9", "6", "3"];

    private static readonly WeightRule[] FromOfficial =
    [
        .. StageLayers.Select((layer, index) => Rule($@"decoder\.cross_attention_blocks\.{index}\.(.+)", $"decoder.stages.{layer}.$1")),
        Rule("encoder_pos_embed", "encoder.pos_embed"),
        Rule("decoder_pos_embed", null, "the decoder's table of positions is computed"),
        Rule("mask_token", "decoder.mask_token"),
        Rule(@"(encoder_to_decoder\..+)", "decoder.$1"),
        Rule(@"((?:encoder|decoder)\..+)", "$1"),
    ];

    private static readonly WeightRule[] FromMonai =
    [
        Rule(@"vit\.patch_embedding\.position_embeddings", "encoder.pos_embed"),
        Rule(@"vit\.patch_embedding\.patch_embeddings\.1\.(weight|bias)", "encoder.patch_embed.proj.$1"),
        Rule(@"vit\.blocks\.(\d+)\.mlp\.linear([12])\.(weight|bias)", "encoder.blocks.$1.mlp.fc$2.$3"),
        Rule(@"vit\.blocks\.(\d+)\.attn\.out_proj\.(weight|bias)", "encoder.blocks.$1.attn.proj.$2"),
        Rule(@"vit\.blocks\.(\d+)\.(attn\.qkv|norm1|norm2)\.(weight|bias)", "encoder.blocks.$1.$2.$3"),
        Rule(@"vit\.norm\.(weight|bias)", "encoder.norm.$1"),
        Rule(@"((?:encoder[1-4]|decoder[2-5]|out)\..+)", "head.$1"),
    ];

    private static readonly WeightRule[] FromOwn = [Rule(@"((?:encoder|decoder|head)\..+)", "$1")];

    private static readonly WeightRule[] ToOfficial =
    [
        .. StageLayers.Select((layer, index) => Rule($@"decoder\.stages\.{layer}\.(.+)", $"decoder.cross_attention_blocks.{index}.$1")),
        Rule(@"encoder\.pos_embed", "encoder_pos_embed"),
        Rule(@"decoder\.mask_token", "mask_token"),
        Rule(@"decoder\.(encoder_to_decoder\..+)", "$1"),
        Rule(@"((?:encoder|decoder)\..+)", "$1"),
        Rule(@"head\..+", null, "the official pre-training code has no head"),
    ];

    private static readonly WeightRule[] ToMonai =
    [
        Rule(@"encoder\.pos_embed", "vit.patch_embedding.position_embeddings"),
        Rule(@"encoder\.patch_embed\.proj\.(weight|bias)", "vit.patch_embedding.patch_embeddings.1.$1"),
        Rule(@"encoder\.blocks\.(\d+)\.mlp\.fc([12])\.(weight|bias)", "vit.blocks.$1.mlp.linear$2.$3"),
        Rule(@"encoder\.blocks\.(\d+)\.attn\.proj\.(weight|bias)", "vit.blocks.$1.attn.out_proj.$2"),
        Rule(@"encoder\.blocks\.(\d+)\.(.+)", "vit.blocks.$1.$2"),
        Rule(@"encoder\.norm\.(weight|bias)", "vit.norm.$1"),
        Rule(@"encoder\.cls_token", null, "UNETR has no class token"),
        Rule(@"decoder\..+", null, "UNETR has no pre-training decoder"),
        Rule(@"head\.(.+)", "$1"),
    ];

    /// <summary>Which program's names these are.</summary>
    public static string Detect(IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (all.Any(name => name.StartsWith("vit.", StringComparison.Ordinal))) return Monai;
        return all.Any(name => name is "encoder_pos_embed" or "mask_token") ? Official : Own;
    }

    /// <summary>The rules from a program's names to this one's.</summary>
    public static IReadOnlyList<WeightRule> From(string format) => format switch { Official => FromOfficial, Monai => FromMonai, _ => FromOwn };

    /// <summary>The rules from this program's names to another's.</summary>
    public static IReadOnlyList<WeightRule> To(string format) => format switch { Official => ToOfficial, Monai => ToMonai, _ => FromOwn };

    /// <summary>The first rule for a name, and the name that it gives; null where no rule knows it.</summary>
    public static (WeightRule Rule, string? Target)? Apply(IReadOnlyList<WeightRule> rules, string name)
    {
        ArgumentNullException.ThrowIfNull(rules);
        foreach (WeightRule rule in rules)
        {
            Match match = rule.Pattern.Match(name);
            if (match.Success) return (rule, rule.Target is null ? null : match.Result(rule.Target));
        }
        return null;
    }

    private static WeightRule Rule(string pattern, string? target, string why = "") => new(new Regex($"^(?:{pattern})$", RegexOptions.CultureInvariant), target, why);
}

using System.Text.RegularExpressions;
using HiEndMae.Engine.Weights.Naming;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Formats;

/// <summary>Names of MONAI's SwinUNETR, and of the checkpoints that pre-train it: SUP's and VoCo's.</summary>
/// <remarks>Sources: MONAI 1.2 <c>swin_unetr.py</c>; <c>model_swinvit.pt</c> as research-contributions issues #268 and #346 list it; Luffy03/VoCo.</remarks>
internal static class SwinNames
{
    private const string Prefixes = @"(?:module\.|student\.|backbone\.)*", Output = "the output layer is for other classes", NoDecoder = "a pre-training checkpoint has no decoder, so it is newly initialised";
    private const string Computed = "the index of relative positions is computed";

    public static WeightFormat SwinUnetr { get; } = new(
        "swin-unetr", "MONAI's SwinUNETR", names => names.Any(name => name.StartsWith("swinViT.", StringComparison.Ordinal)) && names.Any(name => name.StartsWith("decoder5.", StringComparison.Ordinal)),
        [.. Encoder(@"swinViT\."), .. Rest("")],
        [
            .. Stages().SelectMany(i => new[]
            {
                WeightRule.Of($@"encoder\.stages\.{i}\.conv\.(.+)", $"swinViT.layers{i + 1}c.0.$1"),
                WeightRule.Of($@"encoder\.stages\.{i}\.(blocks\.\d+\.mlp)\.fc([12]\..+)", $"swinViT.layers{i + 1}.0.$1.linear$2"),
                WeightRule.Of($@"encoder\.stages\.{i}\.(.+)", $"swinViT.layers{i + 1}.0.$1"),
            }),
            WeightRule.Of(@"encoder\.patch_embed\.(.+)", "swinViT.patch_embed.$1"),
            WeightRule.Of(@"(?:encoder|head)\.skips\.(.+)", "$1"),
            WeightRule.Unused(@"decoder\..+", "SwinUNETR has no pretext task"),
            WeightRule.Of(@"head\.(.+)", "$1"),
        ])
    {
        Complete = AddIndices,
    };

    /// <summary>Files in which every name begins with module. and none contains swinViT. MONAI's own loader loads nothing from them.</summary>
    public static WeightFormat Sup { get; } = new(
        FormatNames.Sup, "SUP's model_swinvit.pt", names => names.Any(name => Regex.IsMatch(name, @"^(?:module\.)?layers1\.0\.blocks\.0\.", RegexOptions.CultureInvariant)),
        [
            .. Encoder(@"(?:module\.)?"),
            WeightRule.Unused(@"(?:module\.)?norm\d?\..+", "SwinUNETR's encoder has no last norm with weights"),
            WeightRule.Unused(@"(?:module\.)?(?:rotation|contrastive|conv|rotation_head|contrastive_head|rotation_pre|contrastive_pre|reconstruction)\b.*", "heads of the pretext tasks are not used downstream"),
        ],
        null)
    {
        MayBeFresh = [(new Regex(@"^encoder\.skips\."), "SUP does not pre-train the blocks on the skips")],
    };

    public static WeightFormat Voco { get; } = new(
        "voco", "VoCo's checkpoints",
        names => names.Any(name => Regex.IsMatch(name, $@"^{Prefixes}swin(?:_vit|ViT)\.", RegexOptions.CultureInvariant)),
        [
            .. Encoder($@"{Prefixes}swin(?:_vit|ViT)\."), .. Rest(Prefixes),
            WeightRule.Unused($@"{Prefixes}(?:proj_head|projection_head|head)\..+", "the projection head is not used downstream"),
            WeightRule.Unused(@"(?:module\.)?teacher\..+", "only the student is used"),
        ],
        null)
    {
        MayBeFresh = [(new Regex(@"^head\.(?:decoder\d|out)\."), NoDecoder), (new Regex(@"^(?:head|encoder)\.skips\."), "the file has no blocks on the skips")],
    };

    private static IEnumerable<int> Stages() => Enumerable.Range(0, 4);

    private static IEnumerable<WeightRule> Encoder(string prefix) =>
    [
        WeightRule.Unused($@"{prefix}.+\.relative_position_index", Computed),
        WeightRule.Unused($@"{prefix}.+\.attn_mask", "masks of shifted windows are computed"),
        WeightRule.Of($@"{prefix}patch_embed\.(proj\..+)", "encoder.patch_embed.$1"),
        .. Stages().SelectMany(i => new[]
        {
            WeightRule.Of($@"{prefix}layers{i + 1}c\.0\.(.+)", $"encoder.stages.{i}.conv.$1"),
            WeightRule.Of($@"{prefix}layers{i + 1}\.0\.(blocks\.\d+\.mlp)\.(?:linear|fc)([12]\..+)", $"encoder.stages.{i}.$1.fc$2"),
            WeightRule.Of($@"{prefix}layers{i + 1}\.0\.(.+)", $"encoder.stages.{i}.$1"),
        }),
    ];

    // The blocks on the skips are the encoder's or the head's.
    private static IEnumerable<WeightRule> Rest(string prefix) =>
    [
        WeightRule.Of($@"{prefix}(encoder(?:1|2|3|4|10)\..+)", "head.skips.$1"),
        WeightRule.Of($@"{prefix}(encoder(?:1|2|3|4|10)\..+)", "encoder.skips.$1"),
        WeightRule.Of($@"{prefix}(decoder[1-5]\..+)", "head.$1"),
        WeightRule.Of($@"{prefix}(out\..+)", "head.$1") with { FreshWhenDifferent = Output },
    ];

    // MONAI keeps the table of pairs as a buffer of each block, and requires it in files.
    private static void AddIndices(IDictionary<string, Tensor> tensors)
    {
        const string Table = "relative_position_bias_table";
        foreach (string name in tensors.Keys.Where(name => name.EndsWith(Table, StringComparison.Ordinal)).ToArray())
        {
            int window = ((int)Math.Round(Math.Cbrt(tensors[name].shape[0])) + 1) / 2;
            tensors[name[..^Table.Length] + "relative_position_index"] = Index(window);
        }
    }

    // For each pair of tokens of a whole window: ((dx + w - 1)(2w - 1) + dy + w - 1)(2w - 1) + dz + w - 1.
    private static Tensor Index(int window)
    {
        int tokens = window * window * window, span = (2 * window) - 1;
        var index = new long[tokens * tokens];
        for (int at = 0; at < index.Length; at++)
        {
            (int one, int other) = (at / tokens, at % tokens);
            int x = (one / window / window) - (other / window / window), y = (one / window % window) - (other / window % window), z = (one % window) - (other % window);
            index[at] = ((((x + window - 1) * span) + y + window - 1) * span) + z + window - 1;
        }
        return tensor(index, [tokens, tokens]);
    }
}

using HiEndMae.Engine.Weights.Naming;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Formats;

/// <summary>Names of UniMiSS' MiT, of its fine-tuning code and of its pre-training's student.</summary>
/// <remarks>Sources: YtongXie/UniMiSS-code; its loader in FengheTan9/Hi-End-MAE <c>downstream/models/UniMiSS/MiT.py</c>: <c>3D</c> is taken out of every name, names with <c>2D</c> are not used.</remarks>
internal static class MitNames
{
    private const string Output = "the output layer is for other classes", NoDecoder = "a segmentation network has no pretext task";

    public static WeightFormat UniMiss { get; } = new(
        "unimiss", "UniMiSS",
        names => names.Any(name => Cleaned(name).StartsWith("transformer.patch_embed0.", StringComparison.Ordinal)),
        [
            WeightRule.Unused(".*2D.*", "the branch for 2D images is not used for volumes"),
            WeightRule.Unused(@"(?:module\.|backbone\.)*(?:transformer\.)?cls_tokens?\d*\b.*", "there is no class token downstream"),
            WeightRule.Unused(@"(?:module\.)?head\..+", "the projection head is not used downstream"),
            Rule(@"transformer\.patch_embed0\.conv\.weight", "encoder.stem.conv.weight") with { Fit = RepeatedChannels },
            Rule(@"transformer\.patch_embed0\.(.+)", "encoder.stem.$1"),
            .. Enumerable.Range(1, 4).SelectMany(i => new[]
            {
                Rule($@"transformer\.patch_embed{i}\.proj\.(.+)", $"encoder.stages.{i - 1}.embed.$1"),
                // The official loader removes the row of the class token only from the positions of the last stage.
                Rule($@"transformer\.pos_embed{i}", $"encoder.stages.{i - 1}.pos_embed") with { Fit = i == 4 ? TokenPositions.WithoutClass : TokenPositions.Zoomed },
                Rule($@"transformer\.block{i}\.(.+)", $"encoder.stages.{i - 1}.blocks.$1"),
            }),
            .. Enumerable.Range(0, 3).SelectMany(i => new[]
            {
                Rule($@"DecEmbed{i}\.proj\.(.+)", $"encoder.up.{i}.embed.$1"),
                Rule($@"DecPosEmbed{i}", $"encoder.up.{i}.pos_embed") with { Fit = TokenPositions.WithoutClass },
                Rule($@"Decblock{i}\.(.+)", $"encoder.up.{i}.blocks.$1"),
            }),
            Rule(@"norm\.(.+)", "encoder.norm.$1"),
            Rule(@"transposeconv_stage3\.(.+)", "head.up.$1"),
            Rule(@"stage3_de\.(.+)", "head.mix.$1"),
            Rule(@"cls_conv\.(.+)", "head.classify.$1") with { FreshWhenDifferent = Output },
            Rule(@"ds(\d)_cls_conv\.(.+)", "head.supervised.$1.$2") with { FreshWhenDifferent = Output },
        ],
        [
            WeightRule.Of(@"encoder\.stem\.(.+)", "transformer.patch_embed0.$1"),
            .. Enumerable.Range(1, 4).SelectMany(i => new[]
            {
                WeightRule.Of($@"encoder\.stages\.{i - 1}\.embed\.(.+)", $"transformer.patch_embed{i}.proj.$1"),
                WeightRule.Of($@"encoder\.stages\.{i - 1}\.pos_embed", $"transformer.pos_embed{i}"),
                WeightRule.Of($@"encoder\.stages\.{i - 1}\.blocks\.(.+)", $"transformer.block{i}.$1"),
            }),
            .. Enumerable.Range(0, 3).SelectMany(i => new[]
            {
                WeightRule.Of($@"encoder\.up\.{i}\.embed\.(.+)", $"DecEmbed{i}.proj.$1"),
                WeightRule.Of($@"encoder\.up\.{i}\.pos_embed", $"DecPosEmbed{i}"),
                WeightRule.Of($@"encoder\.up\.{i}\.blocks\.(.+)", $"Decblock{i}.$1"),
            }),
            WeightRule.Of(@"encoder\.norm\.(.+)", "norm.$1"),
            WeightRule.Of(@"head\.up\.(.+)", "transposeconv_stage3.$1"),
            WeightRule.Of(@"head\.mix\.(.+)", "stage3_de.$1"),
            WeightRule.Of(@"head\.classify\.(.+)", "cls_conv.$1"),
            WeightRule.Of(@"head\.supervised\.(\d)\.(.+)", "ds$1_cls_conv.$2"),
            WeightRule.Unused(@"decoder\..+", NoDecoder),
        ]);

    private static WeightFit RepeatedChannels { get; } = new(
        "the one pre-trained channel repeated for each channel",
        (there, here) => there.Count == here.Count && there[1] == 1 && there.Where((_, axis) => axis != 1).SequenceEqual(here.Where((_, axis) => axis != 1)),
        (weight, here) => weight.repeat_interleave(here[1], 1));

    private static WeightRule Rule(string pattern, string target) => WeightRule.Of(pattern, target) with { Clean = Cleaned };

    private static string Cleaned(string name)
    {
        foreach (string prefix in (string[])["module.", "backbone.", "model."])
        {
            if (name.StartsWith(prefix, StringComparison.Ordinal)) name = name[prefix.Length..];
        }
        return name.Replace("3D", "", StringComparison.Ordinal);
    }
}

using System.Text.RegularExpressions;
using HiEndMae.Engine.Weights.Naming;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Formats;

/// <summary>Names of MedNeXt: the official ones, those that SparK pre-trains, and HySparK's.</summary>
/// <remarks>Sources: MIC-DKFZ/MedNeXt, FengheTan9/Hi-End-MAE <c>downstream/models/SparK</c>, FengheTan9/HySparK.</remarks>
internal static class MedNextNames
{
    private const int Bottleneck = 4;
    private const string Output = "the output layer is for other classes", NoDecoder = "a segmentation network has no pretext task", Supervision = "outputs of deep supervision are not part of this model";
    private const string Wrapped = @"(?:module\.)?";

    public static WeightFormat Official { get; } = new(
        "mednext", "the official MedNeXt", names => names.Any(name => Regex.IsMatch(name, @"^(?:module\.)?enc_block_0\.0\.", RegexOptions.CultureInvariant)),
        [
            .. From(Wrapped, Wrapped),
            WeightRule.Of($@"{Wrapped}dummy_tensor", "encoder.dummy_tensor") with { UnusedWhenAbsent = "the parameter without a use is not part of this model (dummy_tensor = false)" },
        ],
        [.. To("", ""), WeightRule.Of(@"encoder\.dummy_tensor", "dummy_tensor")])
    {
        MayBeFresh = [(new Regex(@"^encoder\.dummy_tensor$"), "nothing uses it")],
        Complete = tensors => tensors.TryAdd("dummy_tensor", ones(1)),
    };

    public static WeightFormat Spark { get; } = new(
        "mednext-spark", "SparK's MedNeXt", names => names.Any(name => Regex.IsMatch(name, @"^(?:module\.)?encoder\.enc_block_0\.0\.", RegexOptions.CultureInvariant)),
        [.. From($@"{Wrapped}encoder\.", $@"{Wrapped}decoder\.")],
        [.. To("encoder.", "decoder.")])
    {
        MayBeFresh = [(new Regex(@"^head\."), "the file has no way up")],
    };

    public static WeightFormat HySpark { get; } = new(
        "hyspark", "HySparK", names => names.Any(name => Regex.IsMatch(name, @"^(?:module\.)?embeddings\.stem\.", RegexOptions.CultureInvariant)),
        [
            WeightRule.Unused($@"{Wrapped}mae\.mask_token", "mask tokens are not used downstream"),
            WeightRule.Unused($@"{Wrapped}mae\.pos_embed", "positions are computed"),
            WeightRule.Of($@"{Wrapped}embeddings\.stem\.(.+)", "encoder.stem.$1"),
            .. Enumerable.Range(1, 5).Select(i => WeightRule.Of($@"{Wrapped}embeddings\.layer{i}\.(.+)", $"encoder.levels.{i - 1}.$1")),
            .. Enumerable.Range(1, 4).Select(i => WeightRule.Of($@"{Wrapped}embeddings\.expend{i}\.(.+)", $"encoder.expand.{i - 1}.$1")),
            WeightRule.Of($@"{Wrapped}mae\.((?:blocks|norm)\..+)", "encoder.$1"),
            .. Enumerable.Range(1, 4).SelectMany(i => new[]
            {
                WeightRule.Of($@"{Wrapped}decoder\.decoder{i}\.fusion\.(conv\d)\.(.+)", $"head.steps.{4 - i}.fusion.$1.conv.$2"),
                WeightRule.Of($@"{Wrapped}decoder\.decoder{i}\.(.+)", $"head.steps.{4 - i}.$1"),
            }),
            WeightRule.Of($@"{Wrapped}decoder\.decoder0\.(.+)", "head.unused.$1"),
            WeightRule.Of($@"{Wrapped}decoder\.out\.conv\.(.+)", "head.out.$1") with { FreshWhenDifferent = Output },
        ],
        [
            WeightRule.Of(@"encoder\.pos_embed", "mae.pos_embed"),
            WeightRule.Of(@"encoder\.stem\.(.+)", "embeddings.stem.$1"),
            .. Enumerable.Range(1, 5).Select(i => WeightRule.Of($@"encoder\.levels\.{i - 1}\.(.+)", $"embeddings.layer{i}.$1")),
            .. Enumerable.Range(1, 4).Select(i => WeightRule.Of($@"encoder\.expand\.{i - 1}\.(.+)", $"embeddings.expend{i}.$1")),
            WeightRule.Of(@"encoder\.((?:blocks|norm)\..+)", "mae.$1"),
            .. Enumerable.Range(1, 4).SelectMany(i => new[]
            {
                WeightRule.Of($@"head\.steps\.{4 - i}\.fusion\.(conv\d)\.conv\.(.+)", $"decoder.decoder{i}.fusion.$1.$2"),
                WeightRule.Of($@"head\.steps\.{4 - i}\.(.+)", $"decoder.decoder{i}.$1"),
            }),
            WeightRule.Of(@"head\.unused\.(.+)", "decoder.decoder0.$1"),
            WeightRule.Of(@"head\.out\.(.+)", "decoder.out.conv.$1"),
            WeightRule.Unused(@"decoder\..+", NoDecoder),
        ])
    {
        MayBeFresh = [(new Regex(@"^head\.unused\."), "nothing uses it"), (new Regex(@"^encoder\.pos_embed$"), "positions are computed")],
    };

    private static IEnumerable<WeightRule> From(string encoder, string decoder) =>
    [
        WeightRule.Of($@"{encoder}stem\.(.+)", "encoder.stem.$1"),
        WeightRule.Of($@"{encoder}enc_block_([0-3])\.(.+)", "encoder.levels.$1.$2"),
        WeightRule.Of($@"{encoder}bottleneck\.(.+)", $"encoder.levels.{Bottleneck}.$1"),
        WeightRule.Of($@"{encoder}down_([0-3])\.(.+)", "encoder.down.$1.$2"),
        .. Enumerable.Range(0, Bottleneck).SelectMany(step => new[]
        {
            WeightRule.Of($@"{decoder}up_{Bottleneck - 1 - step}\.(.+)", $"head.up.{step}.$1"),
            WeightRule.Of($@"{decoder}dec_block_{Bottleneck - 1 - step}\.(.+)", $"head.levels.{step}.$1"),
        }),
        WeightRule.Of($@"{decoder}out_0\.conv_out\.(.+)", "head.out.$1") with { FreshWhenDifferent = Output },
        WeightRule.Unused($@"{decoder}out_[1-4]\..+", Supervision),
    ];

    private static IEnumerable<WeightRule> To(string encoder, string decoder) =>
    [
        WeightRule.Of(@"encoder\.stem\.(.+)", $"{encoder}stem.$1"),
        WeightRule.Of($@"encoder\.levels\.{Bottleneck}\.(.+)", $"{encoder}bottleneck.$1"),
        WeightRule.Of(@"encoder\.levels\.(\d)\.(.+)", $"{encoder}enc_block_$1.$2"),
        WeightRule.Of(@"encoder\.down\.(\d)\.(.+)", $"{encoder}down_$1.$2"),
        .. Enumerable.Range(0, Bottleneck).SelectMany(step => new[]
        {
            WeightRule.Of($@"head\.up\.{step}\.(.+)", $"{decoder}up_{Bottleneck - 1 - step}.$1"),
            WeightRule.Of($@"head\.levels\.{step}\.(.+)", $"{decoder}dec_block_{Bottleneck - 1 - step}.$1"),
        }),
        WeightRule.Of(@"head\.out\.(.+)", $"{decoder}out_0.conv_out.$1"),
        WeightRule.Unused(@"decoder\..+", NoDecoder),
    ];
}

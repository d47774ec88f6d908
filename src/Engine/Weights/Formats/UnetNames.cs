using System.Text.RegularExpressions;
using HiEndMae.Engine.Weights.Naming;

namespace HiEndMae.Engine.Weights.Formats;

/// <summary>Names of the 3D U-Nets: Models Genesis, TransVW, PRLv2 and GVSL.</summary>
/// <remarks>Sources: MrGiovanni/ModelsGenesis, fhaghighi/TransVW, RL4M/PCRLv2, YutingHe-list/GVSL; their loaders are in FengheTan9/Hi-End-MAE <c>downstream/factory.py</c>.</remarks>
internal static class UnetNames
{
    private const string Wrapped = @"(?:module\.|classficationNet\.)*";
    private const string Output = "the pretext task's output layer is for other classes", NoPretext = "the pretext task's heads are not used downstream", NoDecoder = "a segmentation network has no pretext task";
    private static readonly int[] Down = [64, 128, 256, 512], Up = [256, 128, 64];

    // GVSL's convolutions and norms stand at these places of a sequence.
    private static readonly (int Place, int Op, string Part)[] GvslParts = [(0, 0, "conv"), (1, 0, "norm"), (3, 1, "conv"), (4, 1, "norm")];

    public static WeightFormat Genesis { get; } = new(
        "genesis", "Models Genesis", names => names.Any(name => Regex.IsMatch(name, @"^(?:module\.)?down_tr64\.", RegexOptions.CultureInvariant)), [.. FromTransitions()], [.. ToTransitions()]);

    /// <summary>The released file has (sic) classficationNet. before the U-Net's names.</summary>
    public static WeightFormat TransVw { get; } = new(
        FormatNames.TransVw, "TransVW", names => names.Any(name => name.Contains("classficationNet.", StringComparison.Ordinal)),
        [.. FromTransitions(), WeightRule.Unused($@"{Wrapped}(?:projection_head|prototypes|dense_\d|fc\d?|linear\d?|conv\d?|bn\d?)\b.*", NoPretext)], null);

    public static WeightFormat Prlv2 { get; } = new(
        "prlv2", "PRLv2", names => names.Any(name => Regex.IsMatch(name, @"^(?:module\.)?up_tr256\.(?:predictor_head|deep_supervision_head)\.", RegexOptions.CultureInvariant)),
        [.. LevelHeads(), .. FromTransitions()],
        [
            .. Up.Reverse().SelectMany((width, level) => new[]
            {
                WeightRule.Of($@"head\.levels\.{level}\.bn\.(.+)", $"up_tr{width}.bn.$1"),
                WeightRule.Of($@"head\.levels\.{level}\.predictor1\.(.+)", $"up_tr{width}.predictor_head.0.$1"),
                WeightRule.Of($@"head\.levels\.{level}\.predictor_norm\.(.+)", $"up_tr{width}.predictor_head.1.$1"),
                WeightRule.Of($@"head\.levels\.{level}\.predictor2\.(.+)", $"up_tr{width}.predictor_head.3.$1"),
                WeightRule.Of($@"head\.levels\.{level}\.restore\.conv\.(.+)", $"up_tr{width}.deep_supervision_head.conv1.$1"),
                WeightRule.Of($@"head\.levels\.{level}\.restore\.norm\.(.+)", $"up_tr{width}.deep_supervision_head.bn1.$1"),
            }),
            .. ToTransitions(),
        ])
    {
        MayBeFresh = [(new Regex(@"^head\.levels\."), "the file has no heads of levels")],
    };

    public static WeightFormat Gvsl { get; } = new(
        "gvsl", "GVSL", names => names.Any(name => name.Contains("unet.inc.double_conv.", StringComparison.Ordinal)),
        [
            WeightRule.Unused(@"unet_pre\..+", "the network is in the file twice"),
            WeightRule.Unused(@"(?:f_conv|sp_conv|res_conv|out_flow|fc_\w+)\b.*", "heads of the registration are not used downstream"),
            WeightRule.Of(@"out_conv\.(.+)", "head.out.$1") with { FreshWhenDifferent = Output },
            .. GvslParts.SelectMany(part => (WeightRule[])
            [
                WeightRule.Of($@"unet\.inc\.double_conv\.{part.Place}\.(.+)", $"encoder.down.0.ops.{part.Op}.{part.Part}.$1")
                    with { FreshWhenDifferent = "the pre-trained first convolution reads another number of channels" },
                WeightRule.Of($@"unet\.down(\d)\.maxpool_conv\.1\.double_conv\.{part.Place}\.(.+)", $"encoder.down.$1.ops.{part.Op}.{part.Part}.$2"),
                .. Enumerable.Range(0, 4).Select(i => WeightRule.Of($@"unet\.up{i + 1}\.conv\.double_conv\.{part.Place}\.(.+)", $"encoder.up.{i}.block.ops.{part.Op}.{part.Part}.$1")),
                .. Enumerable.Range(0, 4).Select(i => WeightRule.Of($@"unet\.up{i + 1}\.conv\.double_conv\.{part.Place}\.(.+)", $"head.up.{i}.block.ops.{part.Op}.{part.Part}.$1")),
            ]),
        ],
        [
            WeightRule.Of(@"head\.out\.(.+)", "out_conv.$1"),
            .. GvslParts.SelectMany(part => (WeightRule[])
            [
                WeightRule.Of($@"encoder\.down\.0\.ops\.{part.Op}\.{part.Part}\.(.+)", $"unet.inc.double_conv.{part.Place}.$1"),
                WeightRule.Of($@"encoder\.down\.(\d)\.ops\.{part.Op}\.{part.Part}\.(.+)", $"unet.down$1.maxpool_conv.1.double_conv.{part.Place}.$2"),
                .. Enumerable.Range(0, 4).Select(i => WeightRule.Of($@"(?:encoder|head)\.up\.{i}\.block\.ops\.{part.Op}\.{part.Part}\.(.+)", $"unet.up{i + 1}.conv.double_conv.{part.Place}.$1")),
            ]),
            WeightRule.Unused(@"decoder\..+", NoDecoder),
        ]);

    private static IEnumerable<WeightRule> FromTransitions() =>
    [
        .. Down.SelectMany((width, level) => new[]
        {
            WeightRule.Of($@"{Wrapped}down_tr{width}\.ops\.(\d)\.conv1\.(.+)", $"encoder.down.{level}.ops.$1.conv.$2"),
            WeightRule.Of($@"{Wrapped}down_tr{width}\.ops\.(\d)\.bn1\.(.+)", $"encoder.down.{level}.ops.$1.norm.$2"),
        }),
        // The way up is the encoder's or the head's.
        .. ((string[])["encoder", "head"]).SelectMany(owner => Up.SelectMany((width, step) => new[]
        {
            WeightRule.Of($@"{Wrapped}up_tr{width}\.up_conv\.(.+)", $"{owner}.up.{step}.up_conv.$1"),
            WeightRule.Of($@"{Wrapped}up_tr{width}\.ops\.(\d)\.conv1\.(.+)", $"{owner}.up.{step}.block.ops.$1.conv.$2"),
            WeightRule.Of($@"{Wrapped}up_tr{width}\.ops\.(\d)\.bn1\.(.+)", $"{owner}.up.{step}.block.ops.$1.norm.$2"),
        })),
        WeightRule.Of($@"{Wrapped}out_tr\.final_conv\.(.+)", "head.out.$1") with { FreshWhenDifferent = Output },
    ];

    private static IEnumerable<WeightRule> ToTransitions() =>
    [
        .. Down.SelectMany((width, level) => new[]
        {
            WeightRule.Of($@"encoder\.down\.{level}\.ops\.(\d)\.conv\.(.+)", $"down_tr{width}.ops.$1.conv1.$2"),
            WeightRule.Of($@"encoder\.down\.{level}\.ops\.(\d)\.norm\.(.+)", $"down_tr{width}.ops.$1.bn1.$2"),
        }),
        .. Up.SelectMany((width, step) => new[]
        {
            WeightRule.Of($@"(?:encoder|head)\.up\.{step}\.up_conv\.(.+)", $"up_tr{width}.up_conv.$1"),
            WeightRule.Of($@"(?:encoder|head)\.up\.{step}\.block\.ops\.(\d)\.conv\.(.+)", $"up_tr{width}.ops.$1.conv1.$2"),
            WeightRule.Of($@"(?:encoder|head)\.up\.{step}\.block\.ops\.(\d)\.norm\.(.+)", $"up_tr{width}.ops.$1.bn1.$2"),
        }),
        WeightRule.Of(@"head\.out\.(.+)", "out_tr.final_conv.$1"),
        WeightRule.Unused(@"decoder\..+", NoDecoder),
    ];

    private static IEnumerable<WeightRule> LevelHeads() => Up.Reverse().SelectMany((width, level) => new[]
    {
        Head($@"(?:module\.)?up_tr{width}\.bn\.(.+)", $"head.levels.{level}.bn.$1"),
        Head($@"(?:module\.)?up_tr{width}\.predictor_head\.0\.(.+)", $"head.levels.{level}.predictor1.$1"),
        Head($@"(?:module\.)?up_tr{width}\.predictor_head\.1\.(.+)", $"head.levels.{level}.predictor_norm.$1"),
        Head($@"(?:module\.)?up_tr{width}\.predictor_head\.3\.(.+)", $"head.levels.{level}.predictor2.$1"),
        Head($@"(?:module\.)?up_tr{width}\.deep_supervision_head\.conv1\.(.+)", $"head.levels.{level}.restore.conv.$1"),
        Head($@"(?:module\.)?up_tr{width}\.deep_supervision_head\.bn1\.(.+)", $"head.levels.{level}.restore.norm.$1"),
    });

    private static WeightRule Head(string pattern, string target) => WeightRule.Of(pattern, target) with { UnusedWhenAbsent = "heads of levels are not part of this model (level_heads = false)" };
}

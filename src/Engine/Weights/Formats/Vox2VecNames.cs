using System.Text.RegularExpressions;
using HiEndMae.Engine.Weights.Naming;

namespace HiEndMae.Engine.Weights.Formats;

/// <summary>Names of vox2vec's feature pyramid network and linear head.</summary>
/// <remarks>Source: mishgon/vox2vec; the released file has the network's names without <c>backbone.</c>.</remarks>
internal static class Vox2VecNames
{
    private const string Prefix = @"(?:module\.|backbone\.)*";

    // Norms and convolutions stand at these places of a residual block's sequence.
    private static readonly (int Place, string Part)[] Parts = [(0, "norm1"), (2, "conv1"), (3, "norm2"), (5, "conv2")];

    public static WeightFormat Vox2Vec { get; } = new(
        "vox2vec", "vox2vec", names => names.Any(name => Regex.IsMatch(name, $@"^{Prefix}left_blocks\.0\.layers\.", RegexOptions.CultureInvariant)),
        [
            WeightRule.Of($@"{Prefix}first_conv\.(.+)", "encoder.first.$1"),
            WeightRule.Of($@"{Prefix}down_blocks\.(\d)\.1\.(.+)", "encoder.down.$1.$2"),
            WeightRule.Of($@"{Prefix}up_blocks\.(\d)\.0\.(.+)", "encoder.up.$1.$2"),
            WeightRule.Of($@"{Prefix}skip_blocks\.(\d)\.(.+)", "encoder.skip.$1.$2"),
            .. Parts.SelectMany(part => new[]
            {
                WeightRule.Of($@"{Prefix}left_blocks\.(\d)\.layers\.(\d)\.layers\.{part.Place}\.(.+)", $"encoder.left.$1.$2.{part.Part}.$3"),
                WeightRule.Of($@"{Prefix}bottom_block\.layers\.(\d)\.layers\.{part.Place}\.(.+)", $"encoder.bottom.$1.{part.Part}.$2"),
                WeightRule.Of($@"{Prefix}right_blocks\.(\d)\.layers\.(\d)\.layers\.{part.Place}\.(.+)", $"encoder.right.$1.$2.{part.Part}.$3"),
            }),
            WeightRule.Of(@"head\.layers\.(.+)", "head.levels.$1") with { FreshWhenDifferent = "the output layer is for other classes" },
            WeightRule.Unused(@"(?:module\.)?proj_head\..+", "the projection head is not used downstream"),
        ],
        [
            WeightRule.Of(@"encoder\.first\.(.+)", "backbone.first_conv.$1"),
            WeightRule.Of(@"encoder\.down\.(\d)\.(.+)", "backbone.down_blocks.$1.1.$2"),
            WeightRule.Of(@"encoder\.up\.(\d)\.(.+)", "backbone.up_blocks.$1.0.$2"),
            WeightRule.Of(@"encoder\.skip\.(\d)\.(.+)", "backbone.skip_blocks.$1.$2"),
            .. Parts.SelectMany(part => new[]
            {
                WeightRule.Of($@"encoder\.left\.(\d)\.(\d)\.{part.Part}\.(.+)", $"backbone.left_blocks.$1.layers.$2.layers.{part.Place}.$3"),
                WeightRule.Of($@"encoder\.bottom\.(\d)\.{part.Part}\.(.+)", $"backbone.bottom_block.layers.$1.layers.{part.Place}.$2"),
                WeightRule.Of($@"encoder\.right\.(\d)\.(\d)\.{part.Part}\.(.+)", $"backbone.right_blocks.$1.layers.$2.layers.{part.Place}.$3"),
            }),
            WeightRule.Of(@"head\.levels\.(.+)", "head.layers.$1"),
            WeightRule.Unused(@"decoder\..+", "a segmentation network has no pretext task"),
        ]);
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Training;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

public sealed class ParameterGroupingTests
{
    private static readonly (string Name, long[] Shape)[] Shapes =
    [
        ("encoder.patch_embed.weight", [24, 512]), ("encoder.patch_embed.bias", [24]), ("encoder.cls_token", [1, 1, 24]), ("encoder.pos_embed", [1, 8, 24]),
        ("encoder.blocks.0.norm1.weight", [24]), ("decoder.mask_token", [1, 1, 12]), ("head.conv.weight", [2, 3, 3, 3, 3]),
    ];

    [Fact]
    public void Decay_acts_on_matrices_only_or_on_everything()
    {
        using DisposeScope scope = NewDisposeScope();
        Assert.Equal(["encoder.patch_embed.weight", "head.conv.weight"], Decayed(DecayedParameters.Matrices));
        Assert.Equal(Shapes.Select(entry => entry.Name), Decayed(DecayedParameters.All));
    }

    [Fact]
    public void Parameters_of_one_factor_share_a_group_and_none_is_left_out()
    {
        using DisposeScope scope = NewDisposeScope();
        var objective = new Fixed();
        IReadOnlyList<ParameterGroup> groups = ParameterGrouping.Of(objective, new OptimizerConfig { WeightDecay = 0.1, DecayOn = DecayedParameters.Matrices });
        Assert.Equal(Shapes.Select(entry => entry.Name).Order(), groups.SelectMany(group => group.Parameters).Select(entry => entry.Name).Order());
        Assert.All(groups, group => Assert.All(group.Parameters, entry => Assert.Equal(objective.LrScaleOf(entry.Name), group.LrScale)));
        Assert.Equal(groups.Count, groups.Select(group => (group.LrScale, group.WeightDecay)).Distinct().Count());
    }

    private static IEnumerable<string> Decayed(DecayedParameters on) => ParameterGrouping.Of(new Fixed(), new OptimizerConfig { WeightDecay = 0.1, DecayOn = on })
        .Where(group => group.WeightDecay == 0.1).SelectMany(group => group.Parameters).Select(entry => entry.Name)
        .OrderBy(name => Array.FindIndex(Shapes, entry => entry.Name == name));

    private sealed class Fixed : IObjective
    {
        public IReadOnlyDictionary<string, nn.Module> Modules { get; } = new Dictionary<string, nn.Module>();

        public IReadOnlyList<(string Name, Parameter Value)> Parameters { get; } = [.. Shapes.Select(entry => (entry.Name, new Parameter(zeros(entry.Shape))))];

        public int BatchSize => 1;

        public Tensor Loss(int batch) => zeros(1);

        public double LrScaleOf(string parameter) => parameter.StartsWith("encoder.", StringComparison.Ordinal) ? 0.5 : 1;
    }
}

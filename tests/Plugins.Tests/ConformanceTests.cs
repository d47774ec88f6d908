using HiEndMae.Configuration;
using HiEndMae.Imaging;
using HiEndMae.Plugins.Datasets.Phantoms;
using HiEndMae.Plugins.Decoders;
using HiEndMae.Plugins.Encoders;
using HiEndMae.Plugins.Heads;
using HiEndMae.Testing;

namespace HiEndMae.Plugins.Tests;

/// <summary>ComponentConformance: shipped components pass, and each mistake is named.</summary>
public sealed class ConformanceTests
{
    private static readonly Vit3dConfig Vit = new() { EmbedDim = 24, Depth = 12, NumHeads = 2, PatchSize = 16 };

    public static TheoryData<string> Shipped => ["vit3d", "mae", "hi-end-mae", "unetr", "linear-probe", "linear-probe on a pyramid", "unet3d", "unet"];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Shipped_components_keep_the_contract(string name)
    {
        (IComponentConfig config, ConformanceOptions options) = name switch
        {
            "vit3d" => ((IComponentConfig)Vit, new ConformanceOptions()),
            "mae" => (new MaeConfig { EmbedDim = 24, NumHeads = 2 }, new ConformanceOptions { Encoder = Vit }),
            "hi-end-mae" => (new HiEndMaeConfig { EmbedDim = 24, NumHeads = 2 }, new ConformanceOptions { Encoder = Vit }),
            "unetr" => (new UnetrConfig { FeatureSize = 4 }, new ConformanceOptions { Encoder = Vit }),
            "linear-probe" => (new LinearProbeConfig(), new ConformanceOptions()),
            "linear-probe on a pyramid" => (new LinearProbeConfig(), new ConformanceOptions { Encoder = new Unet3dConfig { Widths = [4, 8, 16] } }),
            "unet3d" => (new Unet3dConfig { Widths = [4, 8, 16] }, new ConformanceOptions()),
            _ => (new UnetConfig(), new ConformanceOptions { Encoder = new Unet3dConfig { Widths = [4, 8, 16] } }),
        };
        ComponentConformance.Check(config, options);
    }

    [Fact]
    public void A_dataset_keeps_the_contract() => ComponentConformance.Check(new PhantomConfig { Grid = new Size3(36, 32, 28), VoxelMm = Spacing3.Isotropic(6.25), NumPretraining = 2, NumValidation = 1 });

    [Theory]
    [InlineData(HeadMistake.Shape, "shapes and gradients: the tensor of logits has the shape [2, 3, 4, 4, 4]; it must be [2, 3, 32, 32, 32]")]
    [InlineData(HeadMistake.Unused, "2 of 4 parameters get no gradient: unused.")]
    [InlineData(HeadMistake.Leak, "leaks: 3 tensors are left over after 3 passes")]
    [InlineData(HeadMistake.Chance, "determinism: the same batch and seed gave the losses")]
    [InlineData(HeadMistake.Hidden, "resume: 4 steps, and 2 steps with 2 more after a restart, end with different values of 'classify.")]
    [InlineData(HeadMistake.List, "registered parts: BrokenHead.list is not registered")]
    [InlineData(HeadMistake.Count, "counted operations: Count says 72 trained parameters; there are 75")]
    [InlineData(HeadMistake.Batch, "other batch sizes: InvalidOperationException: one is too few")]
    public void A_mistake_is_named(HeadMistake mistake, string expected)
    {
        ConformanceException error = Assert.Throws<ConformanceException>(() => ComponentConformance.Check(new BrokenHeadConfig { Mistake = mistake }));
        Assert.Contains(error.Failures, failure => failure.Contains(expected, StringComparison.Ordinal));
        Assert.StartsWith("The head 'broken-head' does not keep its contract:", error.Message);
    }

    [Fact]
    public void A_head_without_a_mistake_passes() => ComponentConformance.Check(new BrokenHeadConfig());

    [Fact]
    public void A_config_of_no_component_is_refused() => Assert.Throws<ArgumentException>(() => ComponentConformance.Check(new Stranger()));

    private sealed class Stranger : IComponentConfig
    {
        public string Plugin => "stranger";

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }
}

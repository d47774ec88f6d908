using HiEndMae.Configuration;
using HiEndMae.Imaging;
using HiEndMae.Nn;
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

    private static readonly SwinConfig Swin = new() { FeatureSize = 6, NumHeads = [1, 2, 3, 6], Depths = [1, 1, 1, 1], WindowSize = 2 };
    private static readonly Encoders.MitConfig Mit = new() { StemChannels = 4, EmbedDims = [8, 16, 32, 64], NumHeads = [1, 2, 4, 8], Depths = [1, 1, 1, 1], DecoderDepths = [1, 1, 1], SrRatios = [2, 1, 1, 1], DecoderSrRatios = [1, 1, 2] };
    private static readonly Encoders.HybridConfig Hybrid = new() { Widths = [4, 8, 12, 16, 24], VitHeads = 2, VitDepth = 1 };
    private static readonly Unet3dConfig Gvsl = new() { Widths = [8, 16, 32], UpWidths = [16, 8], HalfWidthFirst = false, Norm = UnetNorm.Group, NegativeSlope = 0.2, Upsampling = UnetUpsampling.Trilinear, SkipFirst = true, PadCrops = true };

    public static TheoryData<string> Shipped => ["vit3d", "mae", "hi-end-mae", "unetr", "linear-probe", "linear-probe on a pyramid", "unet3d", "unet"];

    /// <summary>The other encoders, and their heads on the encoder that they are made for.</summary>
    public static TheoryData<string> Others =>
    [
        "unet3d of GVSL", "unet of GVSL", "swin", "swin v2", "swin-unetr", "mednext", "mednext with group norm", "mednext head", "mit", "hybrid", "hybrid head", "vox2vec-fpn",
    ];

    [Theory]
    [MemberData(nameof(Shipped))]
    public void Shipped_components_keep_the_contract(string name)
    {
        (IComponentConfig config, ConformanceOptions options) = Component(name);
        ComponentConformance.Check(config, options);
    }

    [Theory, Trait("speed", "slow")]
    [MemberData(nameof(Others))]
    public void Other_shipped_components_keep_the_contract(string name)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("HIENDMAE_NIGHTLY") == "1", "Slow: set HIENDMAE_NIGHTLY=1.");
        (IComponentConfig config, ConformanceOptions options) = Component(name);
        ComponentConformance.Check(config, options);
    }

    [Fact]
    public void The_mit_head_counts_outputs_that_only_the_official_code_computes()
    {
        var options = new ConformanceOptions { Encoder = Mit, Untrained = [.. Weights("supervised.0", "supervised.1", "supervised.2", "supervised.3")] };
        ConformanceException error = Assert.Throws<ConformanceException>(() => ComponentConformance.Check(new Heads.MitConfig(), options));
        // Outputs for deep supervision, which networks do not run here. The paper's counts have them.
        Assert.StartsWith("counted operations:", Assert.Single(error.Failures));
    }

    private static (IComponentConfig Config, ConformanceOptions Options) Component(string name)
    {
        // Swin's strides need 64 voxels.
        var large = new ConformanceOptions { Crop = Size3.Cube(64), Batch = 1 };
        return name switch
        {
            "vit3d" => (Vit, new ConformanceOptions()),
            "mae" => (new MaeConfig { EmbedDim = 24, NumHeads = 2 }, new ConformanceOptions { Encoder = Vit }),
            "hi-end-mae" => (new HiEndMaeConfig { EmbedDim = 24, NumHeads = 2 }, new ConformanceOptions { Encoder = Vit }),
            "unetr" => (new UnetrConfig { FeatureSize = 4 }, new ConformanceOptions { Encoder = Vit }),
            "linear-probe" => (new LinearProbeConfig(), new ConformanceOptions()),
            "linear-probe on a pyramid" => (new LinearProbeConfig(), new ConformanceOptions { Encoder = new Unet3dConfig { Widths = [4, 8, 16] } }),
            "unet3d" => (new Unet3dConfig { Widths = [4, 8, 16] }, new ConformanceOptions()),
            "unet" => (new UnetConfig(), new ConformanceOptions { Encoder = new Unet3dConfig { Widths = [4, 8, 16] } }),
            "unet3d of GVSL" => (Gvsl, new ConformanceOptions()),
            "unet of GVSL" => (new UnetConfig { KernelSize = 3 }, new ConformanceOptions { Encoder = Gvsl }),
            "swin" => (Swin, large),
            "swin v2" => (Swin with { UseV2 = true }, large),
            "swin-unetr" => (new SwinUnetrConfig(), large with { Encoder = Swin }),
            "mednext" => (new Encoders.MedNextConfig { NumChannels = 4 }, new ConformanceOptions()),
            "mednext with group norm" => (new Encoders.MedNextConfig { NumChannels = 4, Norm = MedNextNorm.Group }, new ConformanceOptions()),
            "mednext head" => (new Heads.MedNextConfig(), new ConformanceOptions { Encoder = new Encoders.MedNextConfig { NumChannels = 4 } }),
            "mit" => (Mit, new ConformanceOptions()),
            "hybrid" => (Hybrid, new ConformanceOptions()),
            "hybrid head" => (new Heads.HybridConfig { NumChannels = 4 }, new ConformanceOptions { Encoder = Hybrid, Untrained = [.. Weights("unused.conv1", "unused.norm", "unused.conv2", "unused.conv3", "unused.res_conv")] }),
            "vox2vec-fpn" => (new Vox2VecFpnConfig { BaseChannels = 4, NumScales = 3 }, new ConformanceOptions()),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
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

    private static IEnumerable<string> Weights(params string[] layers) => layers.SelectMany(layer => new[] { layer + ".weight", layer + ".bias" });

    private sealed class Stranger : IComponentConfig
    {
        public string Plugin => "stranger";

        public ConfigTable ToTable() => new([], default);

        public void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report)
        {
        }
    }
}

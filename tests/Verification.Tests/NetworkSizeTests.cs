using System.Text.Json;
using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Engine.Weights;
using HiEndMae.Engine.Weights.Naming;
using HiEndMae.ExperimentFiles;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Verification.Tests;

/// <summary>The networks of <c>experiments/models</c> at the paper's size against the official ones: every name, every shape, and the multiply-adds by kind of layer.</summary>
/// <remarks>The official numbers are for crops of 96^3, 1 channel and 14 classes; network_parameters.json holds them.</remarks>
public sealed class NetworkSizeTests
{
    private const int Classes = 14;
    private static readonly Size3 Crop = Size3.Cube(96);

    public static TheoryData<string, string> Networks => new()
    {
        { "swin_unetr", "_swin-unetr.toml" },
        { "swin_unetr_v2", "_swin-unetr-v2.toml" },
        { "unet3d_genesis", "_unet3d-genesis.toml" },
        { "unet3d_genesis", "_unet3d-transvw.toml" },
        { "unet3d_prlv2", "_unet3d-prlv2.toml" },
        { "unet3d_gvsl", "_unet3d-gvsl.toml" },
        { "mednext_spark", "_mednext-spark.toml" },
        { "mednext_official_S", "_mednext-s.toml" },
        { "mednext_official_B", "_mednext-b.toml" },
        { "mit_unimiss", "_mit-small.toml" },
        { "hyspark", "_hybrid.toml" },
        { "vox2vec", "_vox2vec-fpn.toml" },
    };

    [Theory, MemberData(nameof(Networks))]
    public void Every_official_parameter_has_a_counterpart_of_the_same_shape(string network, string preset)
    {
        Dictionary<string, long[]> official = Official(network).GetProperty("parameter_shapes").EnumerateObject()
            .ToDictionary(entry => entry.Name, entry => entry.Value.EnumerateArray().Select(side => side.GetInt64()).ToArray(), StringComparer.Ordinal);
        using DisposeScope scope = NewDisposeScope();
        (Encoder encoder, SegmentationHead head) = Build(preset);
        Dictionary<string, Tensor> ours = ModelWeights.Of(new Dictionary<string, nn.Module> { ["encoder"] = encoder, ["head"] = head }).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        HashSet<string> left = [.. GradientNorms.Named("encoder", encoder).Concat(GradientNorms.Named("head", head)).Select(entry => entry.Name)];
        string format = WeightNames.Detect(official.Keys);
        foreach ((string name, long[] shape) in official)
        {
            (WeightRule Rule, string? Target)? found = WeightNames.Apply(WeightNames.From(format), name, ours.ContainsKey);
            Assert.True(found is not null, $"no rule knows '{name}'");
            // Positions that are computed have no weights here.
            if (found.Value.Target is null && name == "mae.pos_embed") continue;
            Assert.True(found.Value.Target is { } target && ours.ContainsKey(target), $"'{name}' has no place");
            Assert.Equal(shape, ours[found.Value.Target!].shape);
            left.Remove(found.Value.Target!);
            if (WeightNames.Of(format).To is { } to) Assert.Equal(name, WeightNames.Apply(to, found.Value.Target!)?.Target);
        }
        Assert.Empty(left);
    }

    [Theory, MemberData(nameof(Networks))]
    public void Multiply_adds_per_kind_of_layer_equal_the_official_ones(string network, string preset)
    {
        (IComponentConfig encoder, IComponentConfig head) = Configs(preset);
        var context = new EncoderContext(1, Crop, EncoderUse.Segmentation);
        var counter = (IEncoderCounter)encoder;
        ProductCount counted = counter.Count(context, 0).Concat(((IHeadCounter)head).Count(new HeadContext(counter.Describe(context), Crop, Classes))).Aggregate(ProductCount.None, (sum, part) => sum + part.Products);
        JsonElement official = Official(network).GetProperty("multiply_adds");
        Assert.Equal(official.GetProperty("convolutions").GetInt64(), counted.Convolutions);
        Assert.Equal(official.GetProperty("transposed convolutions").GetInt64(), counted.TransposedConvolutions);
        Assert.Equal(official.GetProperty("linear").GetInt64(), counted.Linear);
        Assert.Equal(official.GetProperty("attention products").GetInt64(), counted.Attention);
    }

    [Theory, MemberData(nameof(Networks))]
    public void Parameters_are_counted_without_creating_the_network(string network, string preset)
    {
        Assert.NotNull(network);
        (IComponentConfig encoder, IComponentConfig head) = Configs(preset);
        var context = new EncoderContext(1, Crop, EncoderUse.Segmentation);
        var counter = (IEncoderCounter)encoder;
        long counted = counter.Count(context, 0).Concat(((IHeadCounter)head).Count(new HeadContext(counter.Describe(context), Crop, Classes))).Sum(part => part.Parameters);
        using DisposeScope scope = NewDisposeScope();
        (Encoder built, SegmentationHead builtHead) = Build(preset);
        Assert.Equal(built.parameters().Concat(builtHead.parameters()).Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()), counted);
    }

    private static JsonElement Official(string network)
    {
        using JsonDocument all = JsonDocument.Parse(File.ReadAllBytes(Goldens.PathOf("network_parameters.json")));
        return all.RootElement.GetProperty(network).Clone();
    }

    private static (Encoder, SegmentationHead) Build(string preset)
    {
        (IComponentConfig encoderConfig, IComponentConfig headConfig) = Configs(preset);
        var encoder = (Encoder)Goldens.Components.Find(Slot.Encoder, encoderConfig.Plugin)!.Create(encoderConfig, new EncoderContext(1, Crop, EncoderUse.Segmentation));
        return (encoder, (SegmentationHead)Goldens.Components.Find(Slot.Head, headConfig.Plugin)!.Create(headConfig, new HeadContext(encoder.Info, Crop, Classes)));
    }

    private static (IComponentConfig Encoder, IComponentConfig Head) Configs(string preset)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "models", preset);
        var errors = new List<ConfigDiagnostic>();
        ConfigTable tree = TomlReader.Read(File.ReadAllText(path), path, errors.Add)!;
        Assert.Empty(errors);
        return (Read(Slot.Encoder, (ConfigTable)tree.Find("encoder")!), Read(Slot.Head, (ConfigTable)((ConfigTable)tree.Find("finetune")!).Find("head")!));
    }

    private static IComponentConfig Read(Slot slot, ConfigTable table) => Goldens.Components.Find(slot, table.PluginName)!.Read(table, new BindContext(Goldens.Components, _ => null));

}

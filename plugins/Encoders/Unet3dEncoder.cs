using System.Globalization;
using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>The U-Net of Models Genesis, TransVW, PRLv2 and GVSL, without its output layer.</summary>
/// <remarks>If crops are padded, the finest level is cut to the crop, but the coarser levels keep the size of the padded crop.</remarks>
internal sealed class Unet3dEncoder : PyramidEncoder
{
    private readonly ModuleList<UnetBlock> down;
    private readonly ModuleList<UnetUpStep>? up;
    private readonly Unet3dConfig config;

    public Unet3dEncoder(Unet3dConfig config, EncoderContext context) : base(nameof(Unet3dEncoder))
    {
        if (config.Problems().Select(problem => problem.Message).FirstOrDefault() is { } wrong) throw new PluginException($"unet3d: {wrong}.");
        CropRule.Require(config, context);
        this.config = config;
        PyramidInfo = config.Describe(context);
        down = nn.ModuleList([.. config.DownWidths(context.InChannels).Select((level, i) => new UnetBlock(level.Inputs, level.Between, level.Outputs, config.Options, pools: i > 0))]);
        if (config.UpPath) up = nn.ModuleList([.. config.UpSteps.Select(step => new UnetUpStep(step.Inputs, step.Skip, step.Outputs, config.PathOptions))]);
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        CropPadding padding = CropPadding.Of(volumes.shape, config.Divisor);
        Tensor x = padding.IsNone ? volumes : padding.Pad(volumes);
        var levels = new List<Tensor>();
        foreach (UnetBlock block in down) levels.Add(x = RecomputedBlock.Call(block, x, config.CheckpointBlocks));
        if (up is not null)
        {
            var results = new List<Tensor> { x };
            for (int i = 0; i < up.Count; i++) results.Add(x = RecomputedBlock.Call(up[i], x, levels[levels.Count - 2 - i], config.CheckpointBlocks));
            results.Reverse();
            levels = results;
        }
        if (!padding.IsNone) levels[0] = padding.Cut(levels[0]);
        return new FeaturePyramid([.. levels.Select(level => level.MoveToOuterDisposeScope())]);
    }

    public override int LayerOf(string parameterName)
    {
        string[] parts = parameterName.Split('.');
        int index = int.Parse(parts[1], CultureInfo.InvariantCulture);
        return parts[0] == "down" ? index : config.Widths.Count + index;
    }
}

using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>The parts of MiT that exist only in pre-training: class tokens, and layers for slices.</summary>
/// <remarks>Source: YtongXie/UniMiSS-code, models/MiT.py and MiT_encoder.py. The official positions are for images of 224 x 224 pixels and are interpolated for slices; here they have the size of the slices.</remarks>
internal sealed class MitSlices : nn.Module
{
    // The official branch for images has three colour channels, and a slice is repeated for each of them.
    internal const int Colours = 3;
    private readonly MitSliceConvBlock stem;
    private readonly ModuleList<MitSliceStage> stages;
    private readonly ModuleList<MitSliceStage> up;

    /// <param name="config">Widths and depths.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="crop">Voxels of a crop.</param>
    public MitSlices(MitConfig config, int channels, Size3 crop) : base(nameof(MitSlices))
    {
        long Tokens(int stage) => (long)(crop.Y / MitConfig.StrideOf(stage).Y) * (crop.Z / MitConfig.StrideOf(stage).Z);
        int last = MitConfig.NumStages - 1;
        stem = new MitSliceConvBlock(Colours * channels, config.StemChannels, MitConfig.StemKernel);
        stages = nn.ModuleList([.. Enumerable.Range(0, MitConfig.NumStages).Select(i => new MitSliceStage(
            new MitSliceConvBlock(i == 0 ? config.StemChannels : config.EmbedDims[i - 1], config.EmbedDims[i], MitConfig.EmbedKernel), Tokens(i),
            i == 0 ? 0 : config.EmbedDims[i - 1], config.EmbedDims[i], config.SrRatios[i], config.Depths[i]))]);
        up = nn.ModuleList([.. Enumerable.Range(0, last).Select(i => new MitSliceStage(
            nn.ConvTranspose2d(config.EmbedDims[last - i], config.EmbedDims[last - 1 - i], 2, stride: 2), Tokens(last - 1 - i),
            config.EmbedDims[last - i], config.EmbedDims[last - 1 - i], config.DecoderSrRatios[i], config.DecoderDepths[i]))]);
        RegisterComponents();
    }

    /// <summary>The convolutional level of slices: [S, C, Y, Z] to [S, C', Y/2, Z/2].</summary>
    public Tensor Stem(Tensor slices) => stem.call(slices.repeat(1, Colours, 1, 1));

    /// <summary>Parts of a stage on the way down.</summary>
    public MitSliceStage Down(int stage) => stages[stage];

    /// <summary>Parts of a stage on the way up, coarsest first.</summary>
    public MitSliceStage Up(int stage) => up[stage];
}

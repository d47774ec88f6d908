using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>A small pyramid of convolutions: strides 1, 2, 4, 8 and 16, as U-Nets have them.</summary>
internal sealed class SmallPyramidEncoder : PyramidEncoder
{
    private const int NumLevels = 5, FirstChannels = 4;
    private readonly ModuleList<Conv3d> convolutions;

    public SmallPyramidEncoder(EncoderContext context) : base(nameof(SmallPyramidEncoder))
    {
        int[] channels = [.. Enumerable.Range(0, NumLevels).Select(level => FirstChannels << level)];
        PyramidInfo = new PyramidEncoderInfo(context.InChannels, [.. channels.Select((count, level) => new PyramidLevel(count, Size3.Cube(1 << level)))]);
        convolutions = nn.ModuleList([.. channels.Select((count, level) => nn.Conv3d(level == 0 ? context.InChannels : channels[level - 1], count, 3, stride: level == 0 ? 1 : 2, padding: 1L))]);
        RegisterComponents();
    }

    public override PyramidEncoderInfo PyramidInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        var levels = new List<Tensor>();
        Tensor map = volumes;
        foreach (Conv3d convolution in convolutions)
        {
            map = nn.functional.gelu(convolution.call(map));
            levels.Add(map.alias().MoveToOuterDisposeScope());
        }
        return new FeaturePyramid(levels);
    }
}

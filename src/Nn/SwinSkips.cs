using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>The residual blocks on SwinUNETR's skips. Names of weights are MONAI's.</summary>
/// <remarks>VoCo pre-trains them together with the encoder; everywhere else they are part of the head.</remarks>
public sealed class SwinSkips : nn.Module
{
    /// <summary>Levels of the Swin encoder that the blocks read.</summary>
    public const int NumLevels = 5;

    private readonly UnetrBasicBlock encoder1;
    private readonly UnetrBasicBlock encoder2;
    private readonly UnetrBasicBlock encoder3;
    private readonly UnetrBasicBlock encoder4;
    private readonly UnetrBasicBlock encoder10;

    /// <summary>Creates the blocks.</summary>
    /// <param name="inChannels">Image channels.</param>
    /// <param name="widths">Widths of the five levels, finest first.</param>
    /// <param name="options">Norm, residual and biases of the blocks.</param>
    public SwinSkips(int inChannels, IReadOnlyList<int> widths, UnetrBlockOptions options) : base(nameof(SwinSkips))
    {
        ArgumentNullException.ThrowIfNull(widths);
        encoder1 = new UnetrBasicBlock(inChannels, widths[0], options);
        encoder2 = new UnetrBasicBlock(widths[0], widths[0], options);
        encoder3 = new UnetrBasicBlock(widths[1], widths[1], options);
        encoder4 = new UnetrBasicBlock(widths[2], widths[2], options);
        encoder10 = new UnetrBasicBlock(widths[4], widths[4], options);
        RegisterComponents();
    }

    /// <summary>Maps the volume and the five levels of strides 2 to 32 to six maps of strides 1 to 32. The map of stride 16 is the unchanged level.</summary>
    public IReadOnlyList<Tensor> Run(Tensor volumes, IReadOnlyList<Tensor> levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        return [encoder1.call(volumes), encoder2.call(levels[0]), encoder3.call(levels[1]), encoder4.call(levels[2]), levels[3], encoder10.call(levels[4])];
    }

    /// <summary>Counts the operations of the blocks.</summary>
    /// <param name="inChannels">Image channels.</param>
    /// <param name="widths">Widths of the five levels.</param>
    /// <param name="options">Norm, residual and biases of the blocks.</param>
    /// <param name="voxels">Voxels of the crop.</param>
    public static IReadOnlyList<(string Name, LayerCounts Counts)> Count(int inChannels, IReadOnlyList<int> widths, UnetrBlockOptions options, long voxels)
    {
        ArgumentNullException.ThrowIfNull(widths);
        LayerCounts Same(int level, int halvings) => LayerCounts.ResBlock(voxels >> (3 * halvings), widths[level], widths[level], options);
        return
        [
            ("encoder1", LayerCounts.ResBlock(voxels, inChannels, widths[0], options)), ("encoder2", Same(0, 1)), ("encoder3", Same(1, 2)), ("encoder4", Same(2, 3)), ("encoder10", Same(4, 5)),
        ];
    }
}

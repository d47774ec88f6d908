using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Optionally a residual convolution block, then Swin blocks of one width, then the merging to the next width.</summary>
public sealed class SwinStage : nn.Module
{
    private readonly UnetrBasicBlock? conv;
    private readonly ModuleList<SwinBlock> blocks;
    private readonly PatchMerging downsample;

    /// <summary>Creates the stage.</summary>
    /// <param name="width">C.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLPs / C.</param>
    /// <param name="window">Edge of a whole window.</param>
    /// <param name="completeMerging">Whether merging takes all eight tokens; see <see cref="PatchMerging"/>.</param>
    /// <param name="residual">Whether a residual block of convolutions comes first (MONAI's use_v2).</param>
    /// <param name="plans">The window plans of the network.</param>
    /// <param name="dropPaths">By block: probability that a sample skips a branch.</param>
    public SwinStage(int width, int heads, double mlpRatio, int window, bool completeMerging, bool residual, WindowPlans plans, IReadOnlyList<double> dropPaths) : base(nameof(SwinStage))
    {
        if (residual) conv = new UnetrBasicBlock(width, width, new UnetrBlockOptions());
        blocks = nn.ModuleList([.. dropPaths.Select((rate, i) => new SwinBlock(width, heads, mlpRatio, window, i % 2 == 1, plans, rate))]);
        downsample = new PatchMerging(width, completeMerging);
        RegisterComponents();
    }

    /// <summary>Tokens [B, X, Y, Z, C] to [B, X/2, Y/2, Z/2, 2C].</summary>
    /// <param name="tokens">The level below.</param>
    /// <param name="callBlock">Calls a block, and may have it recomputed in the backward pass.</param>
    public Tensor Run(Tensor tokens, Func<nn.Module<Tensor, Tensor>, Tensor, Tensor> callBlock)
    {
        ArgumentNullException.ThrowIfNull(callBlock);
        Tensor x = conv is null ? tokens : ChannelsLast.Rows(callBlock(conv, ChannelsLast.Volumes(tokens)));
        foreach (SwinBlock block in blocks) x = callBlock(block, x);
        return downsample.call(x);
    }

    /// <summary>Counts the operations of the stage. Windows are counted with their padding, as the official code computes it.</summary>
    /// <param name="width">C.</param>
    /// <param name="depth">Blocks.</param>
    /// <param name="heads">Number of attention heads.</param>
    /// <param name="mlpRatio">Hidden width of the MLPs / C.</param>
    /// <param name="window">Edge of a whole window.</param>
    /// <param name="residual">Whether a residual block comes first.</param>
    /// <param name="grid">Tokens along x, y, z.</param>
    public static LayerCounts Count(int width, int depth, int heads, double mlpRatio, int window, bool residual, (int X, int Y, int Z) grid)
    {
        long Padded(int side) => side <= window ? side : (side + window - 1) / window * window;
        long Size(int side) => Math.Min(side, window);
        long tokens = (long)grid.X * grid.Y * grid.Z, padded = Padded(grid.X) * Padded(grid.Y) * Padded(grid.Z), keys = Size(grid.X) * Size(grid.Y) * Size(grid.Z), span = (2 * window) - 1;
        LayerCounts block = LayerCounts.Norm(tokens, width) + LayerCounts.Linear(padded, width, 3 * width) + LayerCounts.Attention(padded, keys, width) + LayerCounts.Linear(padded, width, width)
            + LayerCounts.Norm(tokens, width) + LayerCounts.Mlp(tokens, width, mlpRatio) + new LayerCounts { Parameters = span * span * span * heads };
        long merged = ((grid.X + 1L) / 2) * ((grid.Y + 1L) / 2) * ((grid.Z + 1L) / 2);
        LayerCounts all = LayerCounts.Norm(merged, 8 * width) + LayerCounts.Linear(merged, 8 * width, 2 * width, bias: false);
        for (int i = 0; i < depth; i++) all += block;
        return residual ? all + LayerCounts.ResBlock(tokens, width, width, new UnetrBlockOptions()) : all;
    }
}

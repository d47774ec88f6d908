using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Heads;

/// <summary>Head of a level on the way up for the pre-training of PRLv2. Its fine-tuning code computes it without using the result.</summary>
/// <remarks>Source: RL4M/PCRLv2 <c>pcrlv2_model_3d.py</c>: pooled features through a batch norm, a predictor of them, and a one-channel restoration.</remarks>
internal sealed class UnetLevelHead : nn.Module
{
    private readonly BatchNormLayer bn;
    private readonly Linear predictor1;
    private readonly BatchNormLayer predictor_norm;
    private readonly Linear predictor2;
    private readonly UnetConvBlock restore;

    public UnetLevelHead(int width) : base(nameof(UnetLevelHead))
    {
        bn = new BatchNormLayer(width);
        predictor1 = nn.Linear(width, 2 * width);
        predictor_norm = new BatchNormLayer(2 * width, slope: 0);
        predictor2 = nn.Linear(2 * width, width);
        restore = new UnetConvBlock(width, 1, new UnetOptions(UnetNorm.Batch, Slope: 1));
        RegisterComponents();
    }

    /// <summary>Updates the running statistics like a step of the official code.</summary>
    /// <param name="level">[B, C, X, Y, Z].</param>
    public void Observe(Tensor level)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        Tensor pooled = bn.call(level.mean([2, 3, 4])); // [B, C]
        predictor2.call(predictor_norm.call(predictor1.call(pooled)));
        restore.call(level);
    }

    public static LayerCounts Count(long voxels, int width) => LayerCounts.ChannelNorm(width) + LayerCounts.Linear(1, width, 2 * width) + LayerCounts.ChannelNorm(2 * width)
        + LayerCounts.Linear(1, 2 * width, width) + LayerCounts.Convolution(voxels, width, 1, 3, bias: true) + LayerCounts.ChannelNorm(1);
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Brings feature maps of tokens to a finer level by transposed convolutions and residual blocks (UnetrPrUpBlock of MONAI 1.2).</summary>
public sealed class UnetrProjection : nn.Module<Tensor, Tensor>
{
    private readonly UnetrConv transp_conv_init;
    private readonly ModuleList<ModuleList<nn.Module<Tensor, Tensor>>> blocks;

    /// <summary>Creates the blocks.</summary>
    /// <param name="inChannels">Token width E.</param>
    /// <param name="outChannels">Number of channels of the level.</param>
    /// <param name="doublings">How often the grid is doubled; 0 changes the number of channels only.</param>
    /// <param name="options">Norm and residual of the blocks.</param>
    public UnetrProjection(int inChannels, int outChannels, int doublings, UnetrBlockOptions options) : base(nameof(UnetrProjection))
    {
        transp_conv_init = UnetrConv.Up(inChannels, outChannels, doubles: doublings > 0);
        blocks = nn.ModuleList([.. Enumerable.Range(1, Math.Max(0, doublings - 1)).Select(_ => nn.ModuleList<nn.Module<Tensor, Tensor>>(
            new UnetrConv(outChannels, outChannels, 2, transposed: true), new UnetrResBlock(outChannels, outChannels, options)))]);
        RegisterComponents();
    }

    /// <summary>Maps [B, E, x, y, z] to [B, C, x * 2^doublings, ...].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = transp_conv_init.call(input);
        foreach (ModuleList<nn.Module<Tensor, Tensor>> block in blocks)
        {
            foreach (nn.Module<Tensor, Tensor> layer in block) x = layer.call(x);
        }
        return x.MoveToOuterDisposeScope();
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Two convolutions with norm and activation, and a pooling before them if the block begins a coarser level.</summary>
public sealed class UnetBlock : nn.Module<Tensor, Tensor>
{
    private readonly ModuleList<UnetConvBlock> ops;
    private readonly bool pools;

    /// <summary>Creates the block.</summary>
    /// <param name="inputs">Channels in.</param>
    /// <param name="between">Channels after the first convolution.</param>
    /// <param name="outputs">Channels out.</param>
    /// <param name="options">Norm, activation and initial weights.</param>
    /// <param name="pools">Whether sizes are halved first, by max pooling of eight voxels.</param>
    public UnetBlock(int inputs, int between, int outputs, UnetOptions options, bool pools = false) : base(nameof(UnetBlock))
    {
        this.pools = pools;
        ops = nn.ModuleList(new UnetConvBlock(inputs, between, options), new UnetConvBlock(between, outputs, options));
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to [B, C', X, Y, Z], or to half the size.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = pools ? Pooling.Max(input) : input;
        foreach (UnetConvBlock op in ops) x = op.call(x);
        return x.MoveToOuterDisposeScope();
    }

    /// <summary>Counts the operations of the block.</summary>
    public static LayerCounts Count(long voxels, int inputs, int between, int outputs) => UnetConvBlock.Count(voxels, inputs, between) + UnetConvBlock.Count(voxels, between, outputs);
}

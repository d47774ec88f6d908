using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Layer norm over the channels of each voxel, with weights.</summary>
public sealed class ChannelLayerNorm : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly double eps;

    /// <summary>Creates the norm with weights 1 and biases 0.</summary>
    /// <param name="channels">C.</param>
    /// <param name="eps">Added to the variance.</param>
    public ChannelLayerNorm(int channels, double eps) : base(nameof(ChannelLayerNorm))
    {
        this.eps = eps;
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to the same shape, in float32 at least.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor rows = ChannelsLast.Rows(Norms.Wide(input)); // [B, X, Y, Z, C]
        return ChannelsLast.Volumes(nn.functional.layer_norm(rows, [rows.shape[4]], weight, bias, eps)).MoveToOuterDisposeScope();
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Group norm with weights, optionally followed by a leaky ReLU. With one channel per group it is an instance norm with weights.</summary>
public sealed class GroupNormLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter bias;
    private readonly int groups;
    private readonly double slope;

    /// <summary>Creates the norm with weights 1 and biases 0.</summary>
    /// <param name="channels">C, a multiple of <paramref name="groupSize"/>.</param>
    /// <param name="groupSize">Channels of a group.</param>
    /// <param name="slope">Slope of negative values after the norm: 0 for a ReLU, 1 for no activation.</param>
    public GroupNormLayer(int channels, int groupSize = 1, double slope = 1) : base(nameof(GroupNormLayer))
    {
        if (channels % groupSize != 0) throw new ArgumentException($"{channels} channels cannot be cut into groups of {groupSize}.", nameof(groupSize));
        (groups, this.slope) = (channels / groupSize, slope);
        weight = new Parameter(ones(channels));
        bias = new Parameter(zeros(channels));
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z] to the same shape, in float32 at least.</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Norms.Wide(input);
        return (groups == weight.shape[0]
            ? InstanceNorm.Apply(x, slope: slope, weight: weight, bias: bias)
            : Activation.LeakyRelu(nn.functional.group_norm(x, groups, weight, bias, InstanceNorm.Epsilon), slope)).MoveToOuterDisposeScope();
    }

    /// <summary>Normalises visible voxels with the statistics of each sample's visible voxels; hidden voxels become 0.</summary>
    /// <param name="input">[B, C, X, Y, Z].</param>
    /// <param name="mask">The visible cells.</param>
    public Tensor Visible(Tensor input, CellMask mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using DisposeScope scope = NewDisposeScope();
        Tensor x = Norms.Wide(input), seen = mask.At(x);
        long[] s = x.shape;
        Tensor grouped = (x * seen).reshape(s[0], groups, s[1] / groups, -1), places = seen.reshape(s[0], 1, 1, -1); // [B, G, C/G, N]
        Tensor count = places.sum(3, keepdim: true) * (s[1] / groups);
        Tensor centred = (grouped - (grouped.sum([2, 3], keepdim: true) / count)) * places;
        Tensor normed = centred * (centred.square().sum([2, 3], keepdim: true) / count + InstanceNorm.Epsilon).rsqrt();
        Tensor y = (normed.reshape(s) * weight.reshape(1, -1, 1, 1, 1)) + bias.reshape(1, -1, 1, 1, 1);
        return (Activation.LeakyRelu(y, slope) * seen).MoveToOuterDisposeScope();
    }
}

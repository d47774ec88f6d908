using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Two 3x3x3 convolutions with norm and leaky ReLU, and optionally a residual. If the width changes, the residual goes through a 1x1x1 convolution.</summary>
/// <remarks>MONAI 1.2 UnetResBlock, and UnetBasicBlock without the residual: slope 0.01. Names of weights are MONAI's.</remarks>
public sealed class UnetrResBlock : nn.Module<Tensor, Tensor>
{
    private const double Slope = 0.01;
    private readonly UnetrConv conv1;
    private readonly UnetrConv conv2;
    private readonly UnetrConv? conv3;
    private readonly nn.Module<Tensor, Tensor>? norm1;
    private readonly nn.Module<Tensor, Tensor>? norm2;
    private readonly nn.Module<Tensor, Tensor>? norm3;
    private readonly bool residual;

    /// <summary>Creates the block.</summary>
    /// <param name="inChannels">Number of input channels.</param>
    /// <param name="outChannels">Number of output channels.</param>
    /// <param name="options">Norm, residual and biases.</param>
    public UnetrResBlock(int inChannels, int outChannels, UnetrBlockOptions options) : base(nameof(UnetrResBlock))
    {
        residual = options.Residual;
        conv1 = new UnetrConv(inChannels, outChannels, 3, bias: options.Bias);
        conv2 = new UnetrConv(outChannels, outChannels, 3, bias: options.Bias);
        norm1 = Norm(outChannels, options.Norm);
        norm2 = Norm(outChannels, options.Norm);
        if (residual && inChannels != outChannels)
        {
            conv3 = new UnetrConv(inChannels, outChannels, 1, bias: options.Bias);
            norm3 = Norm(outChannels, options.Norm);
        }
        RegisterComponents();
    }

    /// <summary>Maps [B, C, X, Y, Z] to [B, C', X, Y, Z].</summary>
    public override Tensor forward(Tensor input)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor first = conv1.call(input), x = Apply(norm1, first, null, Slope);
        // These are the largest tensors of a model. Each is disposed after its last use, so that predicting a window takes less memory. Autograd keeps those that gradients need.
        first.Dispose();
        Tensor? added = null;
        if (conv3 is not null)
        {
            Tensor narrowed = conv3.call(input);
            added = Apply(norm3, narrowed, null, 1);
            narrowed.Dispose();
        }
        else if (residual)
        {
            added = input;
        }
        Tensor second = conv2.call(x);
        x.Dispose();
        return Apply(norm2, second, added, Slope).MoveToOuterDisposeScope();
    }

    // Computed in at least float32, whatever the precision of the convolution.
    private static Tensor Apply(nn.Module<Tensor, Tensor>? norm, Tensor x, Tensor? added, double slope)
    {
        x = Norms.Wide(x);
        if (norm is null) return InstanceNorm.Apply(x, added, slope);
        x = norm.call(x);
        if (added is not null) x += added;
        return Activation.LeakyRelu(x, slope);
    }

    // Instance norm has no weights, so it needs no module.
    private static BatchNormLayer? Norm(int channels, UnetrNorm norm) => norm switch
    {
        UnetrNorm.Instance => null,
        UnetrNorm.Batch => new BatchNormLayer(channels),
        _ => throw new ArgumentOutOfRangeException(nameof(norm), norm, null),
    };
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>A 3D convolution with a cubic kernel, plain or transposed, computed by the fastest way on its device (<see cref="Convolution"/>). Weights and their initial values are those of PyTorch's layers.</summary>
public sealed class ConvLayer : nn.Module<Tensor, Tensor>
{
    private readonly Parameter weight;
    private readonly Parameter? bias;
    private readonly ConvShape shape;

    /// <summary>Creates the layer.</summary>
    /// <param name="shape">Widths, kernel, stride, padding and groups.</param>
    public ConvLayer(ConvShape shape) : base(nameof(ConvLayer))
    {
        this.shape = shape;
        (long first, long second) = shape.Transposed ? (shape.Inputs, shape.Outputs / shape.Groups) : (shape.Outputs, shape.Inputs / shape.Groups);
        weight = new Parameter(empty(new long[] { first, second, shape.Kernel, shape.Kernel, shape.Kernel }));
        // PyTorch takes the number of inputs per output from the second axis, for transposed layers too.
        double bound = 1 / Math.Sqrt((double)second * shape.Kernel * shape.Kernel * shape.Kernel);
        nn.init.uniform_(weight, -bound, bound);
        if (shape.Bias)
        {
            bias = new Parameter(empty(shape.Outputs));
            nn.init.uniform_(bias, -bound, bound);
        }
        RegisterComponents();
    }

    /// <summary>Creates a layer that keeps sizes (stride 1, odd kernel).</summary>
    public ConvLayer(int inputs, int outputs, int kernel, bool bias = true) : this(new ConvShape(inputs, outputs, kernel) { Bias = bias })
    {
    }

    /// <summary>[C', C / groups, k, k, k]; [C, C' / groups, k, k, k] if transposed.</summary>
    public Parameter Weight => weight;

    /// <summary>[C']; null if there is none.</summary>
    public Parameter? Bias => bias;

    /// <summary>Widths, kernel, stride, padding and groups.</summary>
    public ConvShape Shape => shape;

    /// <summary>[B, C, X, Y, Z] to [B, C', ...].</summary>
    public override Tensor forward(Tensor input) => Convolution.Apply(input, weight, bias, shape);
}

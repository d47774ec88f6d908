using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Initialises weights as the official code does.</summary>
public static class Initialise
{
    /// <summary>Epsilon of every LayerNorm in pre-training.</summary>
    public const double NormEps = 1e-6;

    /// <summary>Sets a Xavier-uniform weight and a zero bias, and returns the layer.</summary>
    public static Linear Xavier(Linear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        nn.init.xavier_uniform_(layer.weight!);
        if (layer.bias is not null) nn.init.zeros_(layer.bias);
        return layer;
    }

    /// <summary>Sets a weight from a truncated normal distribution of deviation 0.02 and a zero bias, and returns the layer.</summary>
    public static Linear TruncatedNormal(Linear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        TruncatedNormal(layer.weight!);
        if (layer.bias is not null) nn.init.zeros_(layer.bias);
        return layer;
    }

    /// <summary>Fills a tensor in place from a normal distribution of mean 0 that is cut at both sides, and returns the tensor.</summary>
    /// <param name="values">Tensor to fill.</param>
    /// <param name="deviation">Standard deviation before cutting.</param>
    /// <param name="cut">Values lie from -cut to cut. The default is so large that it hardly cuts, as in timm.</param>
    /// <remarks>
    /// Uniform numbers go through the inverse of the distribution function, as in PyTorch. Gap: TorchSharp 0.107's <c>trunc_normal_</c> fills the tensor with one number (not reported upstream).
    /// Shown by: InitialiseTests. Remove it once TorchSharp's function is right.
    /// </remarks>
    public static Tensor TruncatedNormal(Tensor values, double deviation = 0.02, double cut = 2)
    {
        ArgumentNullException.ThrowIfNull(values);
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        // Below 1 by one float32 step, because the inverse at 1 is infinite.
        double limit = Math.Min(tensor(cut / (deviation * Math.Sqrt(2))).erf().item<double>(), 1 - 6e-8);
        nn.init.uniform_(values, -limit, limit);
        values.copy_(values.erfinv().mul(deviation * Math.Sqrt(2)).clamp(-cut, cut));
        return values;
    }

    /// <summary>Sets a normal weight with deviation sqrt(2 / (outputs times kernel)), keeps the bias, and returns the layer.</summary>
    public static ConvLayer KaimingByOutputs(ConvLayer layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        double cube = Math.Pow(layer.Shape.Kernel, 3);
        nn.init.normal_(layer.Weight, 0, Math.Sqrt(2 / (layer.Shape.Outputs * cube)));
        return layer;
    }

    /// <summary>Creates a token [1, 1, width] from N(0, 0.02).</summary>
    public static Parameter Token(int width) => new(randn(1, 1, width).mul_(0.02f));
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Initial weights as the official code sets them.</summary>
public static class Initialise
{
    /// <summary>Epsilon of every LayerNorm in pre-training.</summary>
    public const double NormEps = 1e-6;

    /// <summary>Xavier-uniform weight, zero bias; returns the layer.</summary>
    public static Linear Xavier(Linear layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        nn.init.xavier_uniform_(layer.weight!);
        if (layer.bias is not null) nn.init.zeros_(layer.bias);
        return layer;
    }

    /// <summary>A token [1, 1, width] from N(0, 0.02).</summary>
    public static Parameter Token(int width) => new(randn(1, 1, width).mul_(0.02f));
}

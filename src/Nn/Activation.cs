using static TorchSharp.torch;

namespace HiEndMae.Nn;

/// <summary>Activations by their slope.</summary>
internal static class Activation
{
    /// <summary>Leaky ReLU. A slope of 0 gives a ReLU, and a slope of 1 gives the input itself.</summary>
    public static Tensor LeakyRelu(Tensor x, double slope) => slope switch
    {
        0 => nn.functional.relu(x),
        1 => x,
        _ => nn.functional.leaky_relu(x, slope),
    };
}

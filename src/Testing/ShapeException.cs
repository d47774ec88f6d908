using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>Thrown if a tensor or a list does not have the size that the contract requires.</summary>
internal sealed class ShapeException(string message) : Exception(message)
{
    public static void Require(string what, Tensor tensor, params long[] shape)
    {
        if (!tensor.shape.SequenceEqual(shape)) throw new ShapeException($"{what} has the shape [{string.Join(", ", tensor.shape)}]; it must be [{string.Join(", ", shape)}]");
    }
}

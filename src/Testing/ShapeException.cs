using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>A tensor or a list has another size than the contract says.</summary>
internal sealed class ShapeException(string message) : Exception(message)
{
    public static void Require(string what, Tensor tensor, params long[] shape)
    {
        if (!tensor.shape.SequenceEqual(shape)) throw new ShapeException($"{what} has the shape [{string.Join(", ", tensor.shape)}]; it must be [{string.Join(", ", shape)}]");
    }
}

using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Optimisation;

/// <summary>The place of a parameter in the flat buffers.</summary>
/// <param name="Name">Full name.</param>
/// <param name="Parameter">The parameter, a view of the flat buffer of values.</param>
/// <param name="Group">Index of its group.</param>
/// <param name="Offset">First element in the flat buffers.</param>
/// <param name="Length">Number of elements.</param>
internal sealed record ParameterSlot(string Name, Parameter Parameter, int Group, long Offset, long Length)
{
    /// <summary>Returns the parameter's part of a flat buffer, in the shape of the parameter.</summary>
    public Tensor View(Tensor flat)
    {
        using Tensor part = flat.narrow(0, Offset, Length);
        return part.view(Parameter.shape).DetachFromDisposeScope();
    }
}

using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A second model whose weights are a moving average of the first model's. It is not trained.</summary>
internal static class Teacher
{
    /// <summary>Makes a module a teacher: its parameters have no gradients, so the optimiser does not change them.</summary>
    public static T Of<T>(T module)
        where T : nn.Module
    {
        foreach (Parameter parameter in module.parameters()) parameter.requires_grad = false;
        return module;
    }

    /// <summary>Sets parameters to momentum * teacher + (1 - momentum) * student. Buffers are not changed.</summary>
    public static void Follow(nn.Module teacher, nn.Module student, double momentum)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach ((Parameter follower, Parameter leader) in teacher.parameters().Zip(student.parameters())) follower.mul_(momentum).add_(leader * (1 - momentum));
    }
}

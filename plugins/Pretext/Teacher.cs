using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Pretext;

/// <summary>A second model that follows the first one. It is never trained.</summary>
internal static class Teacher
{
    /// <summary>Makes a module a teacher: its parameters need no gradient, so the optimiser leaves them alone.</summary>
    public static T Of<T>(T module)
        where T : nn.Module
    {
        foreach (Parameter parameter in module.parameters()) parameter.requires_grad = false;
        return module;
    }

    /// <summary>teacher = momentum teacher + (1 - momentum) student, for parameters; buffers stay.</summary>
    public static void Follow(nn.Module teacher, nn.Module student, double momentum)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        foreach ((Parameter follower, Parameter leader) in teacher.parameters().Zip(student.parameters())) follower.mul_(momentum).add_(leader * (1 - momentum));
    }
}

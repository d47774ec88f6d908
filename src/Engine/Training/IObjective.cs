using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Training;

/// <summary>What a stage minimises.</summary>
public interface IObjective
{
    /// <summary>Modules by prefix of their weights' names.</summary>
    IReadOnlyDictionary<string, nn.Module> Modules { get; }

    /// <summary>Parameters that are trained, by full name.</summary>
    IReadOnlyList<(string Name, TorchSharp.Modules.Parameter Value)> Parameters { get; }

    /// <summary>Volumes (crops) seen per step.</summary>
    int BatchSize { get; }

    /// <summary>The loss of a step, a scalar with gradient, in the current dispose scope. Depends on the step alone.</summary>
    Tensor Loss(int step);
}

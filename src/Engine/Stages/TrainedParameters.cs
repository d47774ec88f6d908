using TorchSharp;
using TorchSharp.Modules;

namespace HiEndMae.Engine.Stages;

/// <summary>The parameters of several modules that need gradients, with their full names.</summary>
internal static class TrainedParameters
{
    public static IReadOnlyList<(string Name, Parameter Value)> Of(params (string Prefix, torch.nn.Module Module)[] modules) =>
        [.. modules.SelectMany(module => module.Module.named_parameters()
            .Where(entry => entry.parameter.requires_grad)
            .Select(entry => ($"{module.Prefix}.{entry.name}", entry.parameter)))];
}

using TorchSharp.Modules;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Parameters with the same learning rate and weight decay.</summary>
/// <param name="Parameters">Parameters with their names.</param>
/// <param name="LrScale">Factor on the schedule's learning rate.</param>
/// <param name="WeightDecay">Decoupled decay.</param>
public sealed record ParameterGroup(IReadOnlyList<(string Name, Parameter Value)> Parameters, double LrScale, double WeightDecay);

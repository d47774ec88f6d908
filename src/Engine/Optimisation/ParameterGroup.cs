using TorchSharp.Modules;

namespace HiEndMae.Engine.Optimisation;

/// <summary>Parameters that share a rate and a decay.</summary>
/// <param name="Parameters">By name.</param>
/// <param name="LrScale">Factor on the schedule's learning rate.</param>
/// <param name="WeightDecay">Decoupled decay.</param>
public sealed record ParameterGroup(IReadOnlyList<(string Name, Parameter Value)> Parameters, double LrScale, double WeightDecay);

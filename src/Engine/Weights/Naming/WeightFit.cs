using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Naming;

/// <summary>How a tensor of one shape becomes one of another.</summary>
/// <param name="Name">What is done, for reports.</param>
/// <param name="Fits">Whether it can be done: the shape in the file, the shape here.</param>
/// <param name="Apply">Does it: the tensor, the shape here; in the current dispose scope.</param>
public sealed record WeightFit(string Name, Func<IReadOnlyList<long>, IReadOnlyList<long>, bool> Fits, Func<Tensor, IReadOnlyList<long>, Tensor> Apply);

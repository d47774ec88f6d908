using static TorchSharp.torch;

namespace HiEndMae.Engine.Weights.Naming;

/// <summary>Converts a tensor to another shape.</summary>
/// <param name="Name">Name of the conversion, for reports.</param>
/// <param name="Fits">Whether it can be done: the shape in the file, the shape here.</param>
/// <param name="Apply">Does it: the tensor, the shape here; in the current dispose scope.</param>
public sealed record WeightFit(string Name, Func<IReadOnlyList<long>, IReadOnlyList<long>, bool> Fits, Func<Tensor, IReadOnlyList<long>, Tensor> Apply);

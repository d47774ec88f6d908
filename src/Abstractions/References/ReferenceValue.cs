using static TorchSharp.torch;

namespace HiEndMae.References;

/// <summary>A number that was recomputed.</summary>
/// <param name="Name">The tensor of the golden that it should equal.</param>
/// <param name="Value">As computed here.</param>
/// <param name="Tolerance">The largest difference allowed, relative to the largest value expected.</param>
public sealed record ReferenceValue(string Name, Tensor Value, double Tolerance = 1e-5);

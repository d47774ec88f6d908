using System.Text.RegularExpressions;

namespace HiEndMae.Engine.Weights;

/// <summary>Where tensors of a source format go.</summary>
/// <param name="Pattern">Matches the whole name in the source.</param>
/// <param name="Target">The name here, with groups of the pattern; null where the tensor is not used.</param>
/// <param name="Why">Said of a tensor that is not used.</param>
public sealed record WeightRule(Regex Pattern, string? Target, string Why = "");

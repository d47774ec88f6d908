namespace HiEndMae.Engine.Stages;

/// <summary>Dice of a model on the test split, on the grid that the model works on.</summary>
/// <param name="Cases">By case.</param>
/// <param name="PerClass">Mean over the cases that have the class; null where none has.</param>
/// <param name="Mean">Mean of <paramref name="PerClass"/>.</param>
/// <param name="IncludesBackground">Whether <paramref name="Mean"/> counts background.</param>
public sealed record EvaluationResult(IReadOnlyList<CaseResult> Cases, IReadOnlyList<double?> PerClass, double? Mean, bool IncludesBackground);

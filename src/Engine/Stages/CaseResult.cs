namespace HiEndMae.Engine.Stages;

/// <summary>Dice of one test case.</summary>
/// <param name="Case">Its id.</param>
/// <param name="Dice">One per class, background first, 0 to 1; null where the truth has none of the class.</param>
public sealed record CaseResult(string Case, IReadOnlyList<double?> Dice);

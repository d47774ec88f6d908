namespace HiEndMae.Reports.Records;

/// <summary>Dice of one start of a run, 0 to 1.</summary>
/// <param name="Mean">Mean over classes; null if no class was scored.</param>
/// <param name="IncludesBackground">Whether the mean includes background.</param>
/// <param name="Dice">Dice by class, background first.</param>
internal sealed record RunEvaluation(double? Mean, bool IncludesBackground, IReadOnlyList<KeyValuePair<string, double?>> Dice);

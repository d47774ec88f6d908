namespace HiEndMae.Reports.Records;

/// <summary>Dice of one start of a run, 0 to 1.</summary>
/// <param name="Mean">Over classes; null where nothing counts.</param>
/// <param name="IncludesBackground">Whether the mean counts background.</param>
/// <param name="Dice">By class, background first.</param>
internal sealed record RunEvaluation(double? Mean, bool IncludesBackground, IReadOnlyList<KeyValuePair<string, double?>> Dice);

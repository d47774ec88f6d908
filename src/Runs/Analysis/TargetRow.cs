using HiEndMae.Engine.Analysis;

namespace HiEndMae.Runs.Analysis;

/// <summary>An organ of a case: its shape and every model's Dice.</summary>
/// <param name="Case">Id of the case.</param>
/// <param name="Organ">Name of the class.</param>
/// <param name="Shape">Shape in the truth.</param>
/// <param name="Dice">Dice by model, 0 to 1; null if it is excluded.</param>
internal sealed record TargetRow(string Case, string Organ, OrganShape Shape, IReadOnlyList<double?> Dice);

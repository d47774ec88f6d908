using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps;

/// <summary>Status and estimated cost of a stage.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Status">Status of the stage.</param>
/// <param name="Operations">Operations of the training; null if unknown.</param>
/// <param name="Seconds">Estimated seconds of the training, at the speed of finished stages of its kind; null if no such stage has finished or the operations are unknown. A training with a longest time has that time.</param>
internal sealed record StageEstimate(SweepStage Stage, StageStatus Status, double? Operations, double? Seconds);

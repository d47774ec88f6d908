using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps;

/// <summary>How far a stage is, and what its training costs.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Status">Whether it has run.</param>
/// <param name="Operations">Of its training; null where that is not known.</param>
/// <param name="Seconds">Of its training, at the speed of finished stages of its kind; null where none has finished, or the operations are not known.</param>
internal sealed record StageEstimate(SweepStage Stage, StageStatus Status, double? Operations, double? Seconds);

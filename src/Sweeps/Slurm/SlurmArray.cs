using HiEndMae.Engine.Stages;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>A job array: stages of one kind that may run side by side.</summary>
/// <param name="Name">Name of the file with its stages, unique in the submission.</param>
/// <param name="Kind">Pre-training or fine-tuning.</param>
/// <param name="Stages">Its elements, in order.</param>
/// <param name="After">The stage that all of them start from and wait for; null if they wait for nothing.</param>
internal sealed record SlurmArray(string Name, StageKind Kind, IReadOnlyList<SweepStage> Stages, SweepStage? After);

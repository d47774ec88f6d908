namespace HiEndMae.Sweeps.Slurm;

/// <summary>A stage that runs as a job.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="News">The last line of its output.</param>
internal sealed record SlurmStage(SweepStage Stage, string News) : IRunningStage;

namespace HiEndMae.Sweeps.Slurm;

/// <summary>SLURM refused something or cannot be reached. The message says what it answered and what to do.</summary>
internal sealed class SlurmException(string message) : IOException(message);

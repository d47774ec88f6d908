namespace HiEndMae.Sweeps.Slurm;

/// <summary>SLURM refused a request or cannot be reached. The message has its answer and says what to do.</summary>
internal sealed class SlurmException(string message) : IOException(message);

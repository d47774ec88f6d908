using System.Globalization;

namespace HiEndMae.Engine.Collectives;

/// <summary>Rank and size of this process among those that a launcher started.</summary>
/// <param name="Rank">0 to <paramref name="Size"/> - 1.</param>
/// <param name="Size">Number of processes; 1 without a launcher.</param>
/// <param name="LocalRank">Rank among the processes on this machine.</param>
/// <param name="LocalSize">Number of processes on this machine.</param>
/// <param name="Launcher">The launcher.</param>
public sealed record ProcessPlace(int Rank, int Size, int LocalRank, int LocalSize, ProcessLauncher Launcher)
{
    /// <summary>The environment variable that, if set to "1", makes every process independent of a launcher.</summary>
    public const string AloneVariable = "HIENDMAE_ALONE";

    /// <summary>A single process without a launcher.</summary>
    public static ProcessPlace Alone { get; } = new(0, 1, 0, 1, ProcessLauncher.None);

    /// <summary>Reads the environment variables of launchers.</summary>
    /// <remarks>
    /// SLURM sets SLURM_PROCID and SLURM_NTASKS in a batch script too, although srun has not started any process there. Only a step counts (SLURM_STEP_ID), except that of the script itself.
    /// Jobs of a sweep are single processes unless the job itself uses a launcher.
    /// </remarks>
    /// <param name="getVariable">Reads the environment.</param>
    public static ProcessPlace Of(Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        if (getVariable(AloneVariable) == "1") return Alone;
        return Read("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", ProcessLauncher.Torchrun)
            ?? Read("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_LOCAL_SIZE", ProcessLauncher.OpenMpi)
            ?? Read("PMI_RANK", "PMI_SIZE", "MPI_LOCALRANKID", "MPI_LOCALNRANKS", ProcessLauncher.Mpich)
            ?? (Number("SLURM_STEP_ID") is not null ? Read("SLURM_PROCID", "SLURM_STEP_NUM_TASKS", "SLURM_LOCALID", "SLURM_STEP_TASKS_PER_NODE", ProcessLauncher.Srun) : null)
            ?? Alone;

        ProcessPlace? Read(string rank, string size, string localRank, string localSize, ProcessLauncher launcher) =>
            Number(rank) is { } own && Number(size) is { } all && all > 1 && own < all ? new ProcessPlace(own, all, Number(localRank) ?? 0, Number(localSize) ?? 1, launcher) : null;

        // In SLURM's notation, 2(x3) means two tasks on each of three nodes.
        int? Number(string name) => getVariable(name) is { Length: > 0 } text && int.TryParse(text.Split('(', ',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }
}

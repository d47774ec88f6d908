using System.Globalization;

namespace HiEndMae.Engine.Collectives;

/// <summary>Where this process stands among those that a launcher started.</summary>
/// <param name="Rank">0 to <paramref name="Size"/> - 1.</param>
/// <param name="Size">Number of processes; 1 where there is no launcher.</param>
/// <param name="LocalRank">Rank among those of this machine.</param>
/// <param name="LocalSize">Number of those of this machine.</param>
/// <param name="Launcher">Which one it is.</param>
public sealed record ProcessPlace(int Rank, int Size, int LocalRank, int LocalSize, ProcessLauncher Launcher)
{
    /// <summary>Set to "1" it makes every process one by itself, whatever a launcher says.</summary>
    public const string AloneVariable = "HIENDMAE_ALONE";

    /// <summary>One process by itself.</summary>
    public static ProcessPlace Alone { get; } = new(0, 1, 0, 1, ProcessLauncher.None);

    /// <summary>Reads what launchers leave in the environment.</summary>
    /// <remarks>
    /// A batch script of SLURM has SLURM_PROCID and SLURM_NTASKS too, though nothing was started by srun: only a step counts (SLURM_STEP_ID), and not the one of the script itself.
    /// Jobs of a sweep are single processes unless a launcher inside of them says otherwise.
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

        // SLURM writes such as 2(x3): two tasks on each of three nodes.
        int? Number(string name) => getVariable(name) is { Length: > 0 } text && int.TryParse(text.Split('(', ',')[0], NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
    }
}

using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>Joins the group of processes that a launcher started.</summary>
public static class ProcessGroups
{
    /// <summary>The environment variable that chooses the transport: mpi or gloo. Without it, MPI is used if its library is installed and the launcher supports it.</summary>
    public const string TransportVariable = "HIENDMAE_TRANSPORT";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Joins the group.</summary>
    /// <param name="place">Rank and size of this process.</param>
    /// <param name="folder">A folder that all processes can access, for transports that need a file. It is removed after the processes have found each other.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="ProcessGroupException">There is no transport.</exception>
    public static IProcessGroup Join(ProcessPlace place, string folder, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(getVariable);
        if (place.Size == 1) return SingleProcess.Instance;
        string? wanted = getVariable(TransportVariable);
        if (wanted is null or "" ? CanUseMpi(place.Launcher, getVariable) : wanted == "mpi")
        {
            MpiLibrary? mpi = MpiLibrary.Load(place.Launcher == ProcessLauncher.Mpich, getVariable);
            if (mpi is not null)
            {
                MpiGroup group = MpiGroup.Join(mpi);
                if (group.Size == place.Size) return group;
                throw new ProcessGroupException(
                    $"The launcher says that there are {place.Size} processes, and {group.Description} says {group.Size}: the library and the launcher belong to different MPIs. Set {MpiLibrary.LibraryVariable} to the launcher's library, or set {TransportVariable}=gloo.");
            }
            if (wanted == "mpi") throw new ProcessGroupException($"There is no MPI library on this machine. Install Open MPI, set {MpiLibrary.LibraryVariable} to the path of the library, or set {TransportVariable}=gloo.");
        }
        using var meeting = GlooMeeting.Enter(folder, $"gloo-{NameOf(place, getVariable)}", place.Rank, place.Size, Patience);
        return GlooGroup.Join(meeting.Store, place.Rank, place.Size);
    }

    /// <summary>Returns whether the processes of a launcher can find each other by MPI. Where they cannot, the start of MPI would end the process.</summary>
    /// <param name="launcher">The launcher.</param>
    /// <param name="getVariable">Reads the environment.</param>
    internal static bool CanUseMpi(ProcessLauncher launcher, Func<string, string?> getVariable) => launcher switch
    {
        ProcessLauncher.Torchrun => false,
        // Without --mpi=pmix, srun starts processes that know nothing of each other. Relatives of MPICH have variables of their own (ProcessLauncher.Mpich).
        ProcessLauncher.Srun => getVariable("PMIX_RANK") is { Length: > 0 },
        _ => true,
    };

    /// <summary>Returns a group that sums tensors on a device. On GPUs it uses NCCL if that is installed, otherwise a copy in host memory.</summary>
    /// <param name="group">The group, which has joined already. The caller still disposes it, after the result if that is another group.</param>
    /// <param name="device">Device of the model.</param>
    /// <exception cref="ProcessGroupException">NCCL is installed but cannot start.</exception>
    public static IProcessGroup On(IProcessGroup group, Device device)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(device);
        return group.Size > 1 && device.type == DeviceType.CUDA ? NcclGroup.Over(group) : group;
    }

    // The name is the same on all ranks of one start. It mostly differs between starts.
    private static string NameOf(ProcessPlace place, Func<string, string?> getVariable)
    {
        string id = place.Launcher switch
        {
            ProcessLauncher.Torchrun => $"{getVariable("TORCHELASTIC_RUN_ID")}-{getVariable("TORCHELASTIC_RESTART_COUNT")}-{getVariable("MASTER_ADDR")}-{getVariable("MASTER_PORT")}",
            ProcessLauncher.OpenMpi => $"{getVariable("PMIX_NAMESPACE") ?? getVariable("OMPI_MCA_ess_base_jobid")}",
            ProcessLauncher.Mpich => $"{getVariable("PMI_JOBID") ?? getVariable("PMI_FD")}",
            _ => $"{getVariable("SLURM_JOB_ID")}-{getVariable("SLURM_RESTART_COUNT")}-{getVariable("SLURM_STEP_ID")}",
        };
        return string.Concat(id.Select(c => char.IsLetterOrDigit(c) || c == '-' ? c : '-'));
    }
}

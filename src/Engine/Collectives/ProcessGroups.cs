using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>Joins the group of processes that a launcher started.</summary>
public static class ProcessGroups
{
    /// <summary>The environment variable that chooses the transport: mpi or gloo. Without it, MPI is used if its library is installed.</summary>
    public const string TransportVariable = "HIENDMAE_TRANSPORT";

    /// <summary>Joins the group.</summary>
    /// <param name="place">Rank and size of this process.</param>
    /// <param name="folder">A folder that all processes can access, for transports that need a file.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="ProcessGroupException">There is no transport.</exception>
    public static IProcessGroup Join(ProcessPlace place, string folder, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(getVariable);
        if (place.Size == 1) return SingleProcess.Instance;
        string? wanted = getVariable(TransportVariable);
        // torchrun starts processes without MPI.
        bool isMpi = wanted is null or "" ? place.Launcher != ProcessLauncher.Torchrun : wanted == "mpi";
        if (isMpi)
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
        Directory.CreateDirectory(folder);
        return GlooGroup.Join(Path.Combine(folder, $"gloo-{Meeting(place, getVariable)}"), place.Rank, place.Size);
    }

    /// <summary>Returns a group that sums tensors on a device. On GPUs it uses NCCL if that is installed, otherwise a copy in host memory.</summary>
    /// <param name="group">The group, which has joined already. The caller still disposes it.</param>
    /// <param name="device">Device of the model.</param>
    /// <exception cref="ProcessGroupException">NCCL is installed but cannot start.</exception>
    public static IProcessGroup On(IProcessGroup group, Device device)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(device);
        return group.Size > 1 && device.type == DeviceType.CUDA ? NcclGroup.Over(group) : group;
    }

    // The name is the same on all ranks of one start, and differs between starts.
    private static string Meeting(ProcessPlace place, Func<string, string?> getVariable)
    {
        string id = place.Launcher switch
        {
            ProcessLauncher.Torchrun => $"{getVariable("TORCHELASTIC_RUN_ID")}-{getVariable("TORCHELASTIC_RESTART_COUNT")}-{getVariable("MASTER_PORT")}",
            ProcessLauncher.OpenMpi => $"{getVariable("PMIX_NAMESPACE") ?? getVariable("OMPI_MCA_ess_base_jobid")}",
            ProcessLauncher.Mpich => $"{getVariable("PMI_JOBID") ?? getVariable("PMI_FD")}",
            _ => $"{getVariable("SLURM_JOB_ID")}-{getVariable("SLURM_RESTART_COUNT")}-{getVariable("SLURM_STEP_ID")}",
        };
        return string.Concat(id.Select(c => char.IsLetterOrDigit(c) || c == '-' ? c : '-'));
    }
}

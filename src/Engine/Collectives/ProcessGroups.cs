using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Collectives;

/// <summary>Joins the group that a launcher made.</summary>
public static class ProcessGroups
{
    /// <summary>The variable that says by what the processes work together: mpi or gloo; left out, MPI where its library is there.</summary>
    public const string TransportVariable = "HIENDMAE_TRANSPORT";

    /// <summary>Joins.</summary>
    /// <param name="place">Where this process stands.</param>
    /// <param name="folder">A folder that all processes see, for those that meet by a file.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="ProcessGroupException">There is no transport.</exception>
    public static IProcessGroup Join(ProcessPlace place, string folder, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(place);
        ArgumentNullException.ThrowIfNull(getVariable);
        if (place.Size == 1) return SingleProcess.Instance;
        string? wanted = getVariable(TransportVariable);
        // torchrun starts processes that know nothing of MPI.
        bool isMpi = wanted is null or "" ? place.Launcher != ProcessLauncher.Torchrun : wanted == "mpi";
        if (isMpi)
        {
            MpiLibrary? mpi = MpiLibrary.Load(place.Launcher == ProcessLauncher.Mpich, getVariable);
            if (mpi is not null)
            {
                MpiGroup group = MpiGroup.Join(mpi);
                if (group.Size == place.Size) return group;
                throw new ProcessGroupException(
                    $"The launcher says that there are {place.Size} processes, and {group.Description} says {group.Size}: library and launcher are not of one MPI. Name the right library by {MpiLibrary.LibraryVariable}, or set {TransportVariable}=gloo.");
            }
            if (wanted == "mpi") throw new ProcessGroupException($"There is no MPI library on this machine. Install Open MPI, name the library by {MpiLibrary.LibraryVariable}, or set {TransportVariable}=gloo.");
        }
        Directory.CreateDirectory(folder);
        return GlooGroup.Join(Path.Combine(folder, $"gloo-{Meeting(place, getVariable)}"), place.Rank, place.Size);
    }

    /// <summary>The group with sums on a device: by NCCL on GPUs where its library is there, otherwise by a copy in the memory of the host.</summary>
    /// <param name="group">Joined already; it stays the one to be disposed.</param>
    /// <param name="device">Of the model.</param>
    /// <exception cref="ProcessGroupException">NCCL is there and does not start.</exception>
    public static IProcessGroup On(IProcessGroup group, Device device)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(device);
        return group.Size > 1 && device.type == DeviceType.CUDA ? NcclGroup.Over(group) : group;
    }

    // The same on all ranks of one start, and another at every start.
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

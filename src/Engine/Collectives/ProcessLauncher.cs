namespace HiEndMae.Engine.Collectives;

/// <summary>The program that started several processes together.</summary>
public enum ProcessLauncher
{
    /// <summary>There is no launcher.</summary>
    None,

    /// <summary>mpirun of Open MPI.</summary>
    OpenMpi,

    /// <summary>mpiexec of MPICH or one of its relatives, such as Intel MPI.</summary>
    Mpich,

    /// <summary>srun of SLURM.</summary>
    Srun,

    /// <summary>torchrun of PyTorch, which needs --no-python.</summary>
    Torchrun,
}

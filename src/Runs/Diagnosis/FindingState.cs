namespace HiEndMae.Runs.Diagnosis;

/// <summary>State of a finding.</summary>
internal enum FindingState
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>Experiments run, but something is unusual or slow.</summary>
    Warning,

    /// <summary>Experiments cannot run, or part of the program does not work.</summary>
    Fault,
}

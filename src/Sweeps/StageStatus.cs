namespace HiEndMae.Sweeps;

/// <summary>How far a stage is.</summary>
internal enum StageStatus
{
    /// <summary>Nothing of it is there.</summary>
    Missing,

    /// <summary>It was begun, and goes on from its last checkpoint.</summary>
    Unfinished,

    /// <summary>It ended with an error.</summary>
    Failed,

    /// <summary>Its results are there.</summary>
    Done,
}

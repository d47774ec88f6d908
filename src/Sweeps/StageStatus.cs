namespace HiEndMae.Sweeps;

/// <summary>Status of a stage.</summary>
internal enum StageStatus
{
    /// <summary>The stage was not started.</summary>
    Missing,

    /// <summary>The stage was started and continues from its last checkpoint.</summary>
    Unfinished,

    /// <summary>The stage ended with an error.</summary>
    Failed,

    /// <summary>The stage has results.</summary>
    Done,
}

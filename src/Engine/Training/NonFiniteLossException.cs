namespace HiEndMae.Engine.Training;

/// <summary>The training stopped because the loss, a gradient or a weight was NaN or infinite too often. The last good checkpoint is unchanged.</summary>
public sealed class NonFiniteLossException : Exception
{
    /// <summary>Creates the error.</summary>
    /// <param name="what">What happened, such as "The loss was NaN or infinite in 10 steps in a row, up to step 31".</param>
    /// <param name="step">Steps done.</param>
    /// <param name="checkpoint">The last good checkpoint; null if there is none.</param>
    /// <param name="report">File that describes the batch; null if there is none.</param>
    public NonFiniteLossException(string what, int step, string? checkpoint, string? report = null)
        : base($"{what}; lower the learning rate, lengthen the warm-up or set grad_clip.{(report is null ? "" : $" Cases and intensities of the batch are in '{report}'.")} {(checkpoint is null ? "No checkpoint had been written yet." : $"The last good checkpoint is '{checkpoint}'.")}")
    {
        Step = step;
    }

    /// <summary>Steps done.</summary>
    public int Step { get; }
}

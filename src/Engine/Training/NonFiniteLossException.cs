namespace HiEndMae.Engine.Training;

/// <summary>The loss, a gradient or a weight became NaN or infinite and stayed so; the last good checkpoint is as it was.</summary>
public sealed class NonFiniteLossException : Exception
{
    /// <summary>Says what was seen.</summary>
    /// <param name="what">Such as "The loss was NaN or infinite in 10 steps in a row, up to step 31".</param>
    /// <param name="step">Steps done when it was seen.</param>
    /// <param name="checkpoint">The last good one.</param>
    /// <param name="report">File about the batch, where there is one.</param>
    public NonFiniteLossException(string what, int step, string? checkpoint, string? report = null)
        : base($"{what}; lower the learning rate, lengthen the warm-up or set grad_clip.{(report is null ? "" : $" Cases and intensities of the batch are in '{report}'.")} {(checkpoint is null ? "No checkpoint had been written yet." : $"The last good checkpoint is '{checkpoint}'.")}")
    {
        Step = step;
    }

    /// <summary>Steps done when it was seen.</summary>
    public int Step { get; }
}

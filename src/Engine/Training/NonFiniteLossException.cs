namespace HiEndMae.Engine.Training;

/// <summary>The loss, or a weight, became NaN or infinite; the last good checkpoint is as it was.</summary>
public sealed class NonFiniteLossException(int step, string? checkpoint) : Exception(FormattableString.Invariant(
    $"The loss became NaN or infinite at or before step {step}; lower the learning rate, lengthen the warm-up or set grad_clip. {(checkpoint is null ? "No checkpoint had been written yet." : $"The last good checkpoint is '{checkpoint}'.")}"))
{
    /// <summary>Steps done when it was seen.</summary>
    public int Step { get; } = step;
}

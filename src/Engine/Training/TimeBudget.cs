namespace HiEndMae.Engine.Training;

/// <summary>How long a run may take, counted from when this is made.</summary>
public sealed class TimeBudget(TimeSpan? budget, TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();

    /// <summary>Why the run has to stop now; null while it may go on.</summary>
    public TimeBudgetException? Spent() => budget is { } limit && clock.GetElapsedTime(start) >= limit ? new TimeBudgetException(limit) : null;
}

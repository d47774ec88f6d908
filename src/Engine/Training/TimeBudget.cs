namespace HiEndMae.Engine.Training;

/// <summary>The time that a run may take, counted from the creation of this object.</summary>
public sealed class TimeBudget(TimeSpan? budget, TimeProvider clock)
{
    private readonly long start = clock.GetTimestamp();

    /// <summary>The exception that stops the run when its time is spent; null before that.</summary>
    public TimeBudgetException? Spent() => budget is { } limit && clock.GetElapsedTime(start) >= limit ? new TimeBudgetException(limit) : null;
}

namespace HiEndMae.Engine.Training;

/// <summary>The run's time budget is spent; a checkpoint was written.</summary>
public sealed class TimeBudgetException(TimeSpan budget)
    : OperationCanceledException($"the time budget of {budget:g} is spent")
{
    /// <summary>The time that the run was allowed.</summary>
    public TimeSpan Budget { get; } = budget;
}

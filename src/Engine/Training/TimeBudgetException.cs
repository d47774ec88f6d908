namespace HiEndMae.Engine.Training;

/// <summary>The run's time budget is spent; a checkpoint was written.</summary>
public sealed class TimeBudgetException(TimeSpan budget)
    : OperationCanceledException($"the time budget of {budget:g} is spent")
{
    /// <summary>How long the run was to take at most.</summary>
    public TimeSpan Budget { get; } = budget;
}

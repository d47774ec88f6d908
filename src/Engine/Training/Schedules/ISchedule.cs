namespace HiEndMae.Engine.Training.Schedules;

/// <summary>Learning rate by step.</summary>
public interface ISchedule
{
    /// <summary>Learning rate of a step, counted from 0.</summary>
    double LrAt(int step);
}

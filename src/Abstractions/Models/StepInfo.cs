namespace HiEndMae;

/// <summary>Progress of a training, for schedules of a pretext task.</summary>
/// <param name="Step">Number of the step, from 0.</param>
/// <param name="NumSteps">Steps of the whole training.</param>
public readonly record struct StepInfo(int Step, int NumSteps)
{
    /// <summary>The factor of the loss, and so of gradients before the update, in float16. 1 otherwise.</summary>
    public double LossScale { get; init; } = 1;
}

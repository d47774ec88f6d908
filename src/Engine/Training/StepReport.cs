namespace HiEndMae.Engine.Training;

/// <summary>What one step of the loop did.</summary>
/// <param name="Step">Steps done, this one included.</param>
/// <param name="Loss">Mean loss of its batches.</param>
/// <param name="GradNorm">Norm of all gradients before clipping.</param>
/// <param name="Applied">False if the loss or a gradient was NaN or infinite. The weights are then unchanged.</param>
/// <param name="Lr">Learning rate, before factors of parameters.</param>
public readonly record struct StepReport(int Step, double Loss, double GradNorm, bool Applied, double Lr)
{
    /// <summary>Whether the step was not applied only because the loss scale of float16 was too large. That is no error.</summary>
    public bool IsScaleSearch { get; init; }
}

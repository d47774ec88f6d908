namespace HiEndMae.Engine.Training;

/// <summary>What one step of the loop did.</summary>
/// <param name="Step">Steps done, this one included.</param>
/// <param name="Loss">Mean loss of its batches.</param>
/// <param name="GradNorm">Norm of all gradients before clipping.</param>
/// <param name="Applied">False where loss or gradient were NaN or infinite: the weights are as they were.</param>
/// <param name="Lr">Learning rate, before factors of parameters.</param>
public readonly record struct StepReport(int Step, double Loss, double GradNorm, bool Applied, double Lr)
{
    /// <summary>Whether a step that was not applied only lowers the loss factor of float16: nothing is wrong with the loss.</summary>
    public bool IsScaleSearch { get; init; }
}

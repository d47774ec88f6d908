namespace HiEndMae.Engine.Optimisation;

/// <summary>What one optimiser step is to do.</summary>
/// <param name="Lr">Learning rate, before each group's factor.</param>
public readonly record struct StepRequest(double Lr)
{
    /// <summary>Largest norm of all gradients together, as torch.nn.utils.clip_grad_norm_ clips; 0 for no clipping.</summary>
    public double MaxGradNorm { get; init; }

    /// <summary>What the loss was multiplied with before backward; gradients are divided by it.</summary>
    public double LossScale { get; init; } = 1;

    /// <summary>How much of the moving average stays, such as 0.999; only where averages are kept.</summary>
    public double AverageDecay { get; init; }
}

namespace HiEndMae.Engine.Optimisation;

/// <summary>Settings of one optimiser step.</summary>
/// <param name="Lr">Learning rate before the factors of groups.</param>
public readonly record struct StepRequest(double Lr)
{
    /// <summary>Largest norm of all gradients together, as torch.nn.utils.clip_grad_norm_ clips; 0 for no clipping.</summary>
    public double MaxGradNorm { get; init; }

    /// <summary>Largest norm of the gradient of each parameter by itself; 0 for no clipping.</summary>
    public double MaxParameterNorm { get; init; }

    /// <summary>Factor by which the loss was multiplied before backward. Gradients are divided by it.</summary>
    public double LossScale { get; init; } = 1;

    /// <summary>Factor of each group's weight decay.</summary>
    public double DecayFactor { get; init; } = 1;

    /// <summary>Decay of the moving average, such as 0.999. It is used only if averages are kept.</summary>
    public double AverageDecay { get; init; }
}

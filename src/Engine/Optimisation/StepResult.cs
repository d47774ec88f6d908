namespace HiEndMae.Engine.Optimisation;

/// <summary>What one optimiser step did.</summary>
/// <param name="GradNorm">Norm of all gradients together, unscaled, before clipping; NaN or infinite where a gradient is.</param>
/// <param name="Applied">False where the norm is not finite: weights, moments and averages are as they were.</param>
public readonly record struct StepResult(double GradNorm, bool Applied);

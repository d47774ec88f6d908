namespace HiEndMae.Engine.Optimisation;

/// <summary>Result of one optimiser step.</summary>
/// <param name="GradNorm">Norm of all unscaled gradients before clipping; NaN or infinite if a gradient is.</param>
/// <param name="Applied">False if the norm is not finite. Weights, moments and averages are then unchanged.</param>
public readonly record struct StepResult(double GradNorm, bool Applied);

namespace HiEndMae.Engine.Benchmarks;

/// <summary>What a training step takes.</summary>
/// <param name="Steps">Steps measured, after the warm-up.</param>
/// <param name="StepSeconds">Median of the whole step.</param>
/// <param name="BestSeconds">The fastest step.</param>
/// <param name="ForwardSeconds">Median.</param>
/// <param name="BackwardSeconds">Median.</param>
/// <param name="OptimizerSeconds">Median; norm and clipping included.</param>
/// <param name="MatmulFlops">Rate of large matrix products between the steps, per second; median.</param>
/// <param name="ResidentBytes">Memory of the process after the last step.</param>
/// <param name="ResidentGrowthBytes">What it grew by from the end of the warm-up to the last step.</param>
/// <param name="PeakResidentBytes">The most that it ever was.</param>
/// <param name="Tensors">Live tensors between two steps.</param>
/// <param name="TensorGrowth">What their number grew by.</param>
/// <param name="LastLoss">Loss of the last step.</param>
public sealed record StepTimes(
    int Steps, double StepSeconds, double BestSeconds, double ForwardSeconds, double BackwardSeconds, double OptimizerSeconds, double MatmulFlops,
    long ResidentBytes, long ResidentGrowthBytes, long PeakResidentBytes, long Tensors, long TensorGrowth, double LastLoss);

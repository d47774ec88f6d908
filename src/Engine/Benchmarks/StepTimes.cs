namespace HiEndMae.Engine.Benchmarks;

/// <summary>Time and memory of training steps.</summary>
/// <param name="Steps">Number of measured steps, after the warm-up.</param>
/// <param name="StepSeconds">Median seconds of a whole step.</param>
/// <param name="BestSeconds">Seconds of the fastest step.</param>
/// <param name="ForwardSeconds">Median seconds of the forward pass.</param>
/// <param name="BackwardSeconds">Median seconds of the backward pass.</param>
/// <param name="OptimizerSeconds">Median seconds of the optimiser, including norm and clipping.</param>
/// <param name="MatmulFlops">Median rate of large matrix products between the steps, in operations per second.</param>
/// <param name="ResidentBytes">Resident memory after the last step.</param>
/// <param name="ResidentGrowthBytes">Growth of resident memory from the end of the warm-up to the last step.</param>
/// <param name="PeakResidentBytes">Largest resident memory.</param>
/// <param name="Tensors">Number of live tensors between two steps.</param>
/// <param name="TensorGrowth">Growth of the number of live tensors.</param>
/// <param name="LastLoss">Loss of the last step.</param>
public sealed record StepTimes(
    int Steps, double StepSeconds, double BestSeconds, double ForwardSeconds, double BackwardSeconds, double OptimizerSeconds, double MatmulFlops,
    long ResidentBytes, long ResidentGrowthBytes, long PeakResidentBytes, long Tensors, long TensorGrowth, double LastLoss);

namespace HiEndMae.Engine.Benchmarks;

/// <summary>Time and memory of training steps.</summary>
public sealed record StepTimes
{
    /// <summary>Number of measured steps, after the warm-up.</summary>
    public required int Steps { get; init; }

    /// <summary>Median seconds of a whole step.</summary>
    public required double StepSeconds { get; init; }

    /// <summary>Seconds of the fastest step.</summary>
    public required double BestSeconds { get; init; }

    /// <summary>Median seconds of the forward pass.</summary>
    public required double ForwardSeconds { get; init; }

    /// <summary>Median seconds of the backward pass.</summary>
    public required double BackwardSeconds { get; init; }

    /// <summary>Median seconds of the optimiser, including norm and clipping.</summary>
    public required double OptimizerSeconds { get; init; }

    /// <summary>Median rate of large matrix products between the steps, in operations per second.</summary>
    public required double MatmulFlops { get; init; }

    /// <summary>Resident memory after the last step.</summary>
    public required long ResidentBytes { get; init; }

    /// <summary>Growth of resident memory from the end of the warm-up to the last step.</summary>
    public required long ResidentGrowthBytes { get; init; }

    /// <summary>Largest resident memory.</summary>
    public required long PeakResidentBytes { get; init; }

    /// <summary>Number of live tensors between two steps.</summary>
    public required long Tensors { get; init; }

    /// <summary>Growth of the number of live tensors.</summary>
    public required long TensorGrowth { get; init; }

    /// <summary>Loss of the last step.</summary>
    public required double LastLoss { get; init; }
}

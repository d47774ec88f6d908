namespace HiEndMae.Sweeps.Simulation;

/// <summary>Estimated time and cost of a sweep on a simulated cluster.</summary>
/// <param name="Stages">Number of simulated stages.</param>
/// <param name="Wall">Time from the first submission to the end of the last stage.</param>
/// <param name="Work">Useful GPU time, which is the sum of the times of the stages.</param>
/// <param name="Lost">GPU time that was repeated after failures.</param>
/// <param name="MeanWait">Mean time of a start between being ready and running.</param>
/// <param name="LongestWait">The longest such time.</param>
/// <param name="Failures">Nodes that failed while the sweep ran.</param>
/// <param name="Requeues">Jobs that started again, after a failure or at their time limit.</param>
/// <param name="Use">Share of the GPUs' time that stages took, 0 to 1.</param>
/// <param name="Cost">Price of the GPU time, lost work included; null without a price.</param>
/// <param name="Assumed">Stages whose time was given, not measured.</param>
internal sealed record SimulationResult(
    int Stages, TimeSpan Wall, TimeSpan Work, TimeSpan Lost, TimeSpan MeanWait, TimeSpan LongestWait, int Failures, int Requeues, double Use, double? Cost, int Assumed);

namespace HiEndMae.Engine.Optimisation;

/// <summary>Linear warm-up from zero, then half a cosine to zero.</summary>
/// <param name="PeakLr">Learning rate at the end of the warm-up.</param>
/// <param name="WarmupSteps">Steps of the warm-up.</param>
/// <param name="TotalSteps">Steps in all.</param>
/// <remarks>The official schedule counted in steps; there the epoch counts.</remarks>
public sealed record WarmupCosine(double PeakLr, int WarmupSteps, int TotalSteps)
{
    /// <summary>Learning rate of a step.</summary>
    /// <param name="step">From 0.</param>
    public double LrAt(int step)
    {
        // The first step of a warm-up from zero would do nothing: step s gets what the end of it is due.
        if (step < WarmupSteps) return PeakLr * (step + 1) / WarmupSteps;
        double progress = (step - WarmupSteps) / (double)Math.Max(1, TotalSteps - WarmupSteps);
        return PeakLr * 0.5 * (1 + Math.Cos(Math.PI * Math.Min(1, progress)));
    }
}

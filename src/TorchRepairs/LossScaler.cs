namespace HiEndMae.TorchRepairs;

/// <summary>Scales the loss so that small gradients do not underflow in float16. The factor is halved after a step that overflowed, and doubled after many steps that did not.</summary>
/// <remarks>
/// Gap: TorchSharp has no GradScaler (dotnet/TorchSharp#899), whose rule and constants this follows. Shown by: StepPrecisionTests. Remove it once TorchSharp has one.
/// </remarks>
public sealed class LossScaler
{
    private const double Growth = 2, Backoff = 0.5, Largest = 1L << 40, Smallest = 1;
    private const int Interval = 2000;

    /// <summary>The current factor.</summary>
    public double Scale { get; private set; } = 65536;

    /// <summary>Number of steps since the factor changed.</summary>
    public int GoodSteps { get; private set; }

    /// <summary>Updates the factor. Call it after every step.</summary>
    /// <param name="applied">Whether the gradients of the step were finite.</param>
    public void Update(bool applied)
    {
        if (!applied)
        {
            Scale = Math.Max(Smallest, Scale * Backoff);
            GoodSteps = 0;
            return;
        }
        if (++GoodSteps < Interval) return;
        Scale = Math.Min(Largest, Scale * Growth);
        GoodSteps = 0;
    }

    /// <summary>Restores the state of a checkpoint.</summary>
    public void Restore(double scale, int goodSteps) => (Scale, GoodSteps) = (scale, goodSteps);
}

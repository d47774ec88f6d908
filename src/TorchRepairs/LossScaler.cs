namespace HiEndMae.TorchRepairs;

/// <summary>A factor on the loss that keeps small gradients above the smallest float16: halved after a step that overflowed, doubled after many that did not.</summary>
/// <remarks>The rule and constants of PyTorch's GradScaler.</remarks>
public sealed class LossScaler
{
    private const double Growth = 2, Backoff = 0.5, Largest = 1L << 40, Smallest = 1;
    private const int Interval = 2000;

    /// <summary>The factor.</summary>
    public double Scale { get; private set; } = 65536;

    /// <summary>Steps since the factor changed.</summary>
    public int GoodSteps { get; private set; }

    /// <summary>To be told of every step.</summary>
    /// <param name="applied">Whether its gradients were finite.</param>
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

    /// <summary>Goes on from a checkpoint.</summary>
    public void Restore(double scale, int goodSteps) => (Scale, GoodSteps) = (scale, goodSteps);
}

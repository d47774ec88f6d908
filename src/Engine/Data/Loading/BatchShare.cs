namespace HiEndMae.Engine.Data.Loading;

/// <summary>The batches that one process takes of each step.</summary>
/// <param name="PerStep">Batches of a step.</param>
/// <param name="First">The process's first batch, counted within the step.</param>
/// <param name="Count">Number of consecutive batches.</param>
public readonly record struct BatchShare(int PerStep, int First, int Count)
{
    /// <summary>All of them, one after another.</summary>
    public static BatchShare All => new(1, 0, 1);

    /// <summary>The share of a rank.</summary>
    /// <param name="perStep">Batches of a step.</param>
    /// <param name="rank">The rank.</param>
    /// <param name="size">Number of ranks; it divides <paramref name="perStep"/>.</param>
    public static BatchShare Of(int perStep, int rank, int size) => new(perStep, rank * (perStep / size), perStep / size);

    /// <summary>Returns this process's batch after a given one. If the given batch belongs to another process, it returns the next number.</summary>
    public int After(int batch)
    {
        (int step, int place) = Math.DivRem(batch, PerStep);
        return place == First + Count - 1 ? ((step + 1) * PerStep) + First : batch + 1;
    }
}

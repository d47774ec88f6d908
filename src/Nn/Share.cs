namespace HiEndMae.Nn;

/// <summary>The part of a range that one thread computes, in whole tiles of <see cref="RegisterTiles"/> where possible.</summary>
/// <param name="First">First index.</param>
/// <param name="Count">Number of indices.</param>
internal readonly record struct Share(int First, int Count)
{
    private const int Tile = 12;

    /// <summary>A thread's part.</summary>
    /// <param name="total">Length of the range.</param>
    /// <param name="part">Number of the thread.</param>
    /// <param name="threads">Number of threads.</param>
    public static Share Of(int total, int part, int threads)
    {
        int tiles = (total + Tile - 1) / Tile;
        int first = Math.Min(total, Tile * (int)((long)tiles * part / threads)), end = Math.Min(total, Tile * (int)((long)tiles * (part + 1) / threads));
        return new Share(first, end - first);
    }

    /// <summary>A thread's part of a number of panels.</summary>
    public static (int First, int End) Of(int panels, int part, long threads) => ((int)(panels * part / threads), (int)(panels * (part + 1) / threads));
}

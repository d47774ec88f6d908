using HiEndMae.Engine.Randomness;

namespace HiEndMae.Engine.Data.Loading;

/// <summary>The order in which cases are drawn. Every epoch has as many draws as there are cases, in a random order of its own. Not thread-safe.</summary>
/// <remarks>
/// With equal weights an epoch is a permutation. Otherwise its draws are a systematic sample: equally spaced points with a random offset over the cumulated weights. A case
/// whose share is 1.5 draws comes once or twice in an epoch, and 1.5 times on average.
/// </remarks>
internal sealed class CaseOrder
{
    private readonly long seed;
    private readonly double[]? bounds;
    private readonly long[] permutation;
    private readonly int[] order;
    private long epoch = -1;

    public CaseOrder(IReadOnlyList<double> weights, long seed)
    {
        this.seed = seed;
        permutation = new long[weights.Count];
        order = new int[weights.Count];
        if (weights.All(weight => weight == weights[0])) return;
        bounds = new double[weights.Count];
        double sum = 0;
        for (int i = 0; i < bounds.Length; i++) bounds[i] = sum += weights[i];
    }

    /// <summary>Returns the case that is drawn at position n, counted from the start of the training.</summary>
    public DrawnVolume At(long number)
    {
        (long wanted, long draw) = Math.DivRem(number, order.Length);
        if (wanted != epoch) Begin(wanted);
        return new DrawnVolume(order[draw], (int)wanted, (int)draw);
    }

    private void Begin(long wanted)
    {
        epoch = wanted;
        var random = new RandomSource(seed, Purpose.Order, epoch);
        random.Permute(permutation);
        if (bounds is null)
        {
            for (int i = 0; i < order.Length; i++) order[i] = (int)permutation[i];
            return;
        }
        double step = bounds[^1] / order.Length, offset = random.NextDouble();
        for (int draw = 0, at = 0; draw < order.Length; draw++)
        {
            while (at < order.Length - 1 && bounds[at] <= (draw + offset) * step) at++;
            order[permutation[draw]] = at;
        }
    }
}

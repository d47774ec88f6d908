namespace HiEndMae.Engine.Randomness;

/// <summary>Random numbers that depend on nothing but a seed and a place (step, sample, purpose): the same on every machine, after every resume.</summary>
/// <remarks>SplitMix64 (Steele, Lea and Flood, OOPSLA 2014), keyed by hashing the place into its state.</remarks>
public struct RandomSource
{
    private const ulong Golden = 0x9E3779B97F4A7C15;
    private ulong state;

    /// <summary>The stream of a place.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="place">What the numbers are for, such as (purpose, step, sample).</param>
    public RandomSource(long seed, params ReadOnlySpan<long> place)
    {
        state = Mix(unchecked((ulong)seed) + Golden);
        foreach (long key in place) state = Mix(unchecked((state ^ (ulong)key) + Golden));
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        state = unchecked(state + Golden);
        return Mix(state);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in 0..<paramref name="count"/> - 1.</summary>
    public int NextInt(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>A uniform permutation (Fisher and Yates) of 0..n-1.</summary>
    public void Permute(Span<long> places)
    {
        for (int i = 0; i < places.Length; i++) places[i] = i;
        for (int i = places.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (places[i], places[j]) = (places[j], places[i]);
        }
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}

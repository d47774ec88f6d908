using HiEndMae.Configuration.Shared;

namespace HiEndMae.Engine.Randomness;

/// <summary>Random numbers that depend only on a seed and a place (purpose, step, sample), so that they are the same on every machine and after every resume.</summary>
/// <remarks><see cref="SplitMix64"/>, with the place hashed into its state.</remarks>
public struct RandomSource
{
    private SplitMix64 random;

    /// <summary>Creates the stream of a place.</summary>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="place">The place, such as (purpose, step, sample).</param>
    public RandomSource(long seed, params ReadOnlySpan<long> place)
    {
        ulong state = SplitMix64.Mix(unchecked((ulong)seed + SplitMix64.Increment));
        foreach (long key in place) state = SplitMix64.Mix(unchecked((state ^ (ulong)key) + SplitMix64.Increment));
        random = new SplitMix64(state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => random.NextBits();

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => random.NextDouble();

    /// <summary>Uniform in 0..<paramref name="count"/> - 1.</summary>
    public int NextInt(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>Draws a uniform permutation of 0..n-1 (Fisher-Yates).</summary>
    public void Permute(Span<long> places)
    {
        for (int i = 0; i < places.Length; i++) places[i] = i;
        for (int i = places.Length - 1; i > 0; i--)
        {
            int j = NextInt(i + 1);
            (places[i], places[j]) = (places[j], places[i]);
        }
    }
}

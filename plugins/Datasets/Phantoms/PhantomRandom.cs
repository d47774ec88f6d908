using HiEndMae.Configuration.Shared;

namespace HiEndMae.Plugins.Datasets.Phantoms;

/// <summary>The random numbers of one patient.</summary>
internal sealed class PhantomRandom(ulong seed)
{
    private SplitMix64 source = new(seed);

    public ulong NextBits() => source.NextBits();

    /// <summary>Uniform between two values.</summary>
    public double Between(double low, double high) => low + (high - low) * source.NextDouble();

    /// <summary>Uniform within a distance of 0.</summary>
    public double Within(double distance) => Between(-distance, distance);

    /// <summary>True with a probability.</summary>
    public bool Happens(double probability) => source.NextDouble() < probability;

    /// <summary>Uniform in 0..<paramref name="count"/> - 1.</summary>
    public int Choose(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>About normal, mean 0 and variance 1: the sum of four uniform values, from 64 random bits.</summary>
    public static float Normal(ulong bits)
    {
        uint sum = (uint)(bits & 0xFFFF) + (uint)((bits >> 16) & 0xFFFF) + (uint)((bits >> 32) & 0xFFFF) + (uint)(bits >> 48);
        const double Mean = 4 * 65535 / 2.0, Deviation = 65536 * 0.5773502691896258;
        return (float)((sum - Mean) / Deviation);
    }
}

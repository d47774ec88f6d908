namespace HiEndMae.Plugins.Datasets;

/// <summary>A small random generator that is the same on every machine (SplitMix64).</summary>
internal struct PhantomRandom(ulong seed)
{
    private ulong state = seed;

    public ulong NextBits() => Hash(state = unchecked(state + 0x9E3779B97F4A7C15));

    /// <summary>Uniform between two values.</summary>
    public double Between(double low, double high) => low + (high - low) * ((NextBits() >> 11) * (1.0 / (1UL << 53)));

    /// <summary>64 well-mixed bits of a place.</summary>
    public static ulong Hash(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    /// <summary>About normal, mean 0 and variance 1: the sum of four uniform values, from one hash.</summary>
    public static float Normal(ulong hash)
    {
        uint sum = (uint)(hash & 0xFFFF) + (uint)((hash >> 16) & 0xFFFF) + (uint)((hash >> 32) & 0xFFFF) + (uint)(hash >> 48);
        const double Mean = 4 * 65535 / 2.0, Deviation = 65536 * 0.5773502691896258;
        return (float)((sum - Mean) / Deviation);
    }
}

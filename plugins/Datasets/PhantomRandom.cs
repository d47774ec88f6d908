using HiEndMae.Configuration.Shared;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Random numbers of phantoms: the same on every machine.</summary>
internal struct PhantomRandom(ulong seed)
{
    private SplitMix64 random = new(seed);

    public ulong NextBits() => random.NextBits();

    /// <summary>Uniform between two values.</summary>
    public double Between(double low, double high) => low + (high - low) * random.NextDouble();

    /// <summary>64 well-mixed bits of a place.</summary>
    public static ulong Hash(ulong place) => SplitMix64.Mix(place);

    /// <summary>About normal, mean 0 and variance 1: the sum of four uniform values, from one hash.</summary>
    public static float Normal(ulong hash)
    {
        uint sum = (uint)(hash & 0xFFFF) + (uint)((hash >> 16) & 0xFFFF) + (uint)((hash >> 32) & 0xFFFF) + (uint)(hash >> 48);
        const double Mean = 4 * 65535 / 2.0, Deviation = 65536 * 0.5773502691896258;
        return (float)((sum - Mean) / Deviation);
    }
}

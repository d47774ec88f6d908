namespace HiEndMae.Configuration.Shared;

/// <summary>A small random generator that gives the same numbers on every machine, in the compiler and in the program.</summary>
/// <remarks>Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</remarks>
/// <param name="seed">The first state.</param>
public struct SplitMix64(ulong seed)
{
    /// <summary>The increment of the state in each step: 2^64 divided by the golden ratio.</summary>
    public const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong state = seed;

    /// <summary>64 random bits.</summary>
    public ulong NextBits() => Mix(state = unchecked(state + Increment));

    /// <summary>Uniform in [0, 1), in steps of 2^-53.</summary>
    public double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Mixes 64 bits, so that neighbouring inputs give unrelated outputs. Every output has exactly one input.</summary>
    public static ulong Mix(ulong bits)
    {
        unchecked
        {
            bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
            bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
            return bits ^ (bits >> 31);
        }
    }
}

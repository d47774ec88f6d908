using HiEndMae.Configuration.Shared;

namespace HiEndMae.Configuration.Tests;

public sealed class SplitMix64Tests
{
    // The first outputs of Vigna's reference implementation (prng.di.unimi.it/splitmix64.c) for seed 1234567.
    [Fact]
    public void The_stream_equals_the_reference()
    {
        var random = new SplitMix64(1234567);
        Assert.Equal([6457827717110365317UL, 3203168211198807973UL, 9817491932198370423UL, 4593380528125082431UL, 16408922859458223821UL],
            Enumerable.Range(0, 5).Select(_ => random.NextBits()).ToArray());
    }

    [Fact]
    public void Doubles_fill_the_unit_interval()
    {
        var random = new SplitMix64(3);
        double[] values = [.. Enumerable.Range(0, 10_000).Select(_ => random.NextDouble())];
        Assert.All(values, value => Assert.InRange(value, 0, Math.BitDecrement(1.0)));
        Assert.Equal(0.5, values.Average(), 0.02);
    }
}

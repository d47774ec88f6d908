using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

public sealed class RandomTests
{
    [Fact]
    public void Each_stream_has_its_own_reproducible_numbers()
    {
        static ulong First(long seed, params long[] place) => new RandomSource(seed, place).NextBits();
        Assert.Equal(First(1, 2, 3), First(1, 2, 3));
        Assert.Equal(4, new[] { First(1, 2, 3), First(1, 3, 2), First(2, 2, 3), First(1, 2) }.Distinct().Count());
    }

    [Fact]
    public void Numbers_are_uniform()
    {
        var random = new RandomSource(5);
        int[] counts = new int[10];
        for (int i = 0; i < 100_000; i++) counts[random.NextInt(10)]++;
        // Chi-square with 9 degrees of freedom: 27.9 is exceeded once in a thousand seeds.
        Assert.True(counts.Sum(count => Math.Pow(count - 10_000, 2) / 10_000) < 27.9);
    }

    [Theory]
    [InlineData(216, 0.75, 54)]
    [InlineData(64, 0.9, 6)]
    [InlineData(8, 0.999, 1)]
    public void Masks_are_permutations_with_the_given_visible_part(int tokens, double ratio, int visible)
    {
        using DisposeScope scope = NewDisposeScope();
        using TokenMask mask = RandomMasking.Create(3, tokens, ratio, 1, 7, CPU);
        using TokenMask again = RandomMasking.Create(3, tokens, ratio, 1, 7, CPU);
        using TokenMask next = RandomMasking.Create(3, tokens, ratio, 1, 8, CPU);
        Assert.Equal(visible, mask.NumVisible);
        Tensor sorted = mask.Shuffle.sort(1).Values;
        Assert.True(sorted.eq(arange(tokens).expand(3, -1)).all().item<bool>());
        Assert.True(mask.Shuffle.eq(again.Shuffle).all().item<bool>());
        Assert.False(mask.Shuffle.eq(next.Shuffle).all().item<bool>());
        Assert.False(mask.Shuffle[0].eq(mask.Shuffle[1]).all().item<bool>());
    }
}

using HiEndMae.TorchRepairs;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Parts of a calculation run on libtorch's threads, each once.</summary>
public sealed class ComputeThreadsTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 2)]
    [InlineData(3, 100)]
    [InlineData(4, 1)]
    [InlineData(2, 0)]
    public void Every_part_runs_once(int threads, int parts)
    {
        int[] runs = new int[parts];
        ComputeThreads.Run(threads, parts, part => Interlocked.Increment(ref runs[part]));
        Assert.All(runs, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Parts_may_have_parts()
    {
        int sum = 0;
        ComputeThreads.Run(2, 4, part => ComputeThreads.Run(2, 3, inner => Interlocked.Add(ref sum, (10 * part) + inner)));
        Assert.Equal((3 * (0 + 10 + 20 + 30)) + (4 * (0 + 1 + 2)), sum);
    }

    [Fact]
    public void Threads_are_libtorchs_and_not_those_of_the_pool()
    {
        Assert.SkipUnless(ComputeThreads.AreShared, "libtorch's threads are not known on this system.");
        bool[] fromPool = new bool[3];
        ComputeThreads.Run(3, 3, part => fromPool[part] = part > 0 && Thread.CurrentThread.IsThreadPoolThread);
        Assert.All(fromPool, Assert.False);
        using Tensor values = ones(1 << 20);
        Assert.Equal(1 << 20, values.sum().item<float>());
    }
}

using System.Runtime.InteropServices;
using HiEndMae.TorchRepairs.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>The arena against a model of what is taken, and libtorch on top of it.</summary>
public sealed unsafe class TensorMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Blocks_never_overlap_and_freed_ones_join_again(int seed)
    {
        const long Length = 8 << 20;
        using var memory = new Range(Length);
        var arena = new Arena(memory.Start, Length);
        var random = new Random(seed);
        var live = new List<(nint Start, int Length, byte Mark)>();
        for (int i = 0; i < 20_000; i++)
        {
            if (random.Next(100) < 52 && live.Count < 400)
            {
                int length = random.Next(4) == 0 ? random.Next(1, 300_000) : random.Next(1, 4_000);
                var start = (nint)arena.Take((nuint)length);
                if (start == 0) continue;
                Assert.Equal(0, start % Arena.Alignment);
                Assert.True(arena.Holds((void*)start) && arena.Holds((void*)(start + length - 1)));
                var mark = (byte)random.Next(256);
                new Span<byte>((void*)start, length).Fill(mark);
                live.Add((start, length, mark));
            }
            else if (live.Count > 0)
            {
                int index = random.Next(live.Count);
                (nint start, int length, byte mark) = live[index];
                Assert.Equal(-1, new Span<byte>((void*)start, length).IndexOfAnyExcept(mark)); // nobody else wrote there
                arena.Give((void*)start);
                live[index] = live[^1];
                live.RemoveAt(live.Count - 1);
            }
        }
        foreach ((nint start, _, _) in live) arena.Give((void*)start);
        Assert.Equal(0, arena.Used);
        // Everything is one block again: it can be had whole.
        Assert.NotEqual(0, (nint)arena.Take((nuint)(Length - (Length / 16))));
        Assert.Equal(0, (nint)arena.Take((nuint)Length));
    }

    [Fact]
    public void Repeating_the_same_requests_takes_no_more_memory()
    {
        const long Length = 64 << 20;
        using var memory = new Range(Length);
        var arena = new Arena(memory.Start, Length);
        long reach = 0;
        for (int round = 0; round < 200; round++)
        {
            nint[] blocks = [.. Enumerable.Range(1, 40).Select(i => (nint)arena.Take((nuint)(i * 12_345)))];
            nint other = (nint)arena.Take(1_000_000);
            foreach (nint block in blocks.Where((_, i) => i % 2 == round % 2)) arena.Give((void*)block);
            foreach (nint block in blocks.Where((_, i) => i % 2 != round % 2)) arena.Give((void*)block);
            arena.Give((void*)other);
            if (round == 1) reach = arena.Reach;
        }
        Assert.Equal(reach, arena.Reach);
    }

    [Fact]
    public void Threads_share_an_arena()
    {
        const long Length = 64 << 20;
        using var memory = new Range(Length);
        var arena = new Arena(memory.Start, Length);
        int torn = 0;
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(id => new Thread(() =>
        {
            var random = new Random(id);
            for (int i = 0; i < 5_000; i++)
            {
                int length = random.Next(1, 60_000);
                var block = new Span<byte>(arena.Take((nuint)length), length);
                block.Fill((byte)id);
                if (block.ContainsAnyExcept((byte)id)) Interlocked.Increment(ref torn);
                fixed (byte* start = block) arena.Give(start);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, torn);
        Assert.Equal(0, arena.Used);
    }

    [Fact]
    public void Tensors_are_allocated_in_the_arena_and_freed_completely()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64, "Made for Linux on x64.");
        Tensor older = ones(1000); // from libtorch's own allocator, freed by it
        Assert.Null(TensorMemory.Install());
        Assert.Null(TensorMemory.Install());
        older.Dispose();
        using (DisposeScope warmUp = NewDisposeScope()) _ = rand(300, 300).matmul(rand(300, 300)).sum().item<float>();
        long before = TensorMemory.UsedBytes, reach = 0;
        for (int round = 0; round < 20; round++)
        {
            using DisposeScope scope = NewDisposeScope();
            Tensor x = rand(257, 1001).requires_grad_();
            (x.matmul(rand(1001, 33)).relu().sum() + nn.functional.conv3d(x[0][..1000].reshape(1, 1, 10, 10, 10), rand(new long[] { 4, 1, 3, 3, 3 })).sum()).backward();
            Assert.True(x.grad!.isfinite().all().item<bool>());
            Assert.True(TensorMemory.UsedBytes > before + (257 * 1001 * 4));
            Assert.Equal(0, empty(0).numel());
            Assert.Equal(12, cat([ones(4), x[0][..8].detach()]).clone().numel());
            if (round == 4) reach = TensorMemory.PeakBytes;
        }
        Assert.Equal(before, TensorMemory.UsedBytes);
        Assert.Equal(reach, TensorMemory.PeakBytes);
    }

    private sealed class Range(long length) : IDisposable
    {
        public nint Start { get; } = (nint)NativeMemory.AlignedAlloc((nuint)length, Arena.Alignment);

        public void Dispose() => NativeMemory.AlignedFree((void*)Start);
    }
}

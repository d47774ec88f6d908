using HiEndMae.Engine.Training;
using HiEndMae.TorchRepairs;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Collections stay out of steps, whatever other threads allocate.</summary>
public sealed class CollectionGateTests
{
    [Fact]
    public void Nothing_is_collected_while_steps_run_beside_a_thread_that_allocates()
    {
        var warnings = new List<string>();
        using var gate = new CollectionGate(warnings.Add, 256L << 20);
        using var load = new AllocationLoad();
        int during = 0, renewals = 0;
        float result = 0;
        for (int step = 0; step < 400; step++)
        {
            int before = GC.CollectionCount(0);
            using (DisposeScope scope = NewDisposeScope())
            {
                Tensor x = ones(64);
                for (int i = 0; i < 40; i++) x = ((x * 1.5f) + 0.25f - 0.25f) / 1.5f; // four scalars that nothing keeps alive
                result = x[0].item<float>();
            }
            int after = GC.CollectionCount(0);
            during += after - before;
            gate.BetweenSteps();
            load.NextStep();
            if (GC.CollectionCount(0) > after) renewals++;
            Assert.Equal(1, result, 1e-3);
        }
        Assert.Equal(0, during);
        Assert.True(CollectionGate.IsClosed);
        Assert.True(load.Bytes > 0);
        Assert.Empty(warnings);
        Assert.True(renewals >= load.Bytes / (256L << 20), $"{renewals} collections between steps, {load.Bytes} bytes");
    }

    [Fact]
    public void If_one_step_uses_up_the_budget_a_warning_is_given_once_and_the_gate_closes_again()
    {
        var warnings = new List<string>();
        using var gate = new CollectionGate(warnings.Add, 32L << 20);
        for (int step = 0; step < 2; step++)
        {
            for (int i = 0; i < 2000; i++) GC.KeepAlive(new byte[50_000]);
            gate.BetweenSteps();
            Assert.True(CollectionGate.IsClosed);
        }
        Assert.Contains("32 MiB", Assert.Single(warnings));
    }

    [Fact]
    public void An_inner_gate_leaves_the_outer_one_closed()
    {
        using (var outer = new CollectionGate(_ => { }))
        {
            using (var inner = new CollectionGate(_ => { })) inner.BetweenSteps();
            Assert.True(CollectionGate.IsClosed);
            outer.BetweenSteps();
            Assert.True(CollectionGate.IsClosed);
        }
        Assert.False(CollectionGate.IsClosed);
    }

    /// <summary>A thread that allocates some hundred megabytes a second until it is disposed, and never more in a step than the gate promises to bear, however long a busy machine makes one.</summary>
    private sealed class AllocationLoad : IDisposable
    {
        private readonly Thread thread;
        private volatile bool stop;
        private object? kept;
        private const long MostInAStep = 64L << 20;
        private long bytes;
        private long atStep;

        public AllocationLoad()
        {
            thread = new Thread(Allocate) { IsBackground = true };
            thread.Start();
        }

        public long Bytes => Interlocked.Read(ref bytes);

        public void NextStep() => Interlocked.Exchange(ref atStep, Bytes);

        public void Dispose()
        {
            stop = true;
            thread.Join();
            GC.KeepAlive(kept);
        }

        private void Allocate()
        {
            while (!stop)
            {
                if (Bytes - Interlocked.Read(ref atStep) > MostInAStep)
                {
                    Thread.Sleep(1);
                    continue;
                }
                for (int i = 0; i < 200; i++) kept = new byte[5_000];
                kept = new float[100_000]; // large object heap
                Interlocked.Add(ref bytes, (200 * 5_000) + 400_000);
                Thread.Sleep(1);
            }
        }
    }
}

namespace HiEndMae.Engine.Optimisation;

/// <summary>Threads that share the parts of a loop, and wait between two loops. A loop allocates nothing, unlike <see cref="Parallel"/>.</summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly AutoResetEvent[] starts;
    private readonly Thread[] threads;
    private Action<int>? work;
    private int count;
    private int next;
    private int running;
    private volatile bool isStopping;

    /// <param name="threads">Threads of a loop, the calling one included.</param>
    public WorkerTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        starts = [.. Enumerable.Range(0, threads - 1).Select(_ => new AutoResetEvent(false))];
        this.threads = [.. starts.Select(start => new Thread(() => Serve(start)) { IsBackground = true, Name = "optimiser" })];
        foreach (Thread thread in this.threads) thread.Start();
    }

    /// <summary>Runs <paramref name="part"/> for 0 to <paramref name="parts"/> - 1, in any order. It must not throw.</summary>
    public void Run(int parts, Action<int> part)
    {
        work = part;
        count = parts;
        next = -1;
        Volatile.Write(ref running, starts.Length);
        foreach (AutoResetEvent start in starts) start.Set();
        Share();
        var spin = new SpinWait();
        while (Volatile.Read(ref running) > 0) spin.SpinOnce(-1);
    }

    public void Dispose()
    {
        isStopping = true;
        foreach (AutoResetEvent start in starts) start.Set();
        foreach (Thread thread in threads) thread.Join();
        foreach (AutoResetEvent start in starts) start.Dispose();
    }

    private void Serve(AutoResetEvent start)
    {
        while (true)
        {
            start.WaitOne();
            if (isStopping) return;
            Share();
            Interlocked.Decrement(ref running);
        }
    }

    private void Share()
    {
        for (int i = Interlocked.Increment(ref next); i < count; i = Interlocked.Increment(ref next)) work!(i);
    }
}

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Lets work start when there is enough memory. Work that needs more than the limit starts when nothing else runs.</summary>
/// <param name="limit">Limit for all running work together, in bytes.</param>
internal sealed class MemoryGate(long limit)
{
    // An object instead of a Lock, because threads wait on it with Monitor.
    private readonly object gate = new();
    private long used;
    private int running;

    /// <summary>Waits until there is enough memory.</summary>
    /// <param name="bytes">Memory that the work will use.</param>
    /// <param name="cancel">Cancels the wait.</param>
    /// <returns>Releases the memory when it is disposed.</returns>
    public IDisposable Enter(long bytes, CancellationToken cancel)
    {
        using CancellationTokenRegistration wake = cancel.Register(() =>
        {
            lock (gate) Monitor.PulseAll(gate);
        });
        lock (gate)
        {
            while (running > 0 && used + bytes > limit)
            {
                cancel.ThrowIfCancellationRequested();
                Monitor.Wait(gate);
            }
            cancel.ThrowIfCancellationRequested();
            used += bytes;
            running++;
        }
        return new Room(this, bytes);
    }

    private void Leave(long bytes)
    {
        lock (gate)
        {
            used -= bytes;
            running--;
            Monitor.PulseAll(gate);
        }
    }

    private sealed class Room(MemoryGate gate, long bytes) : IDisposable
    {
        private int left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref left, 1) == 0) gate.Leave(bytes);
        }
    }
}

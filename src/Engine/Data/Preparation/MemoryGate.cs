namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Lets work begin while there is memory for it. Work that needs more than all there is begins when nothing else runs.</summary>
/// <param name="limit">Bytes that all work may take together.</param>
internal sealed class MemoryGate(long limit)
{
    // A plain object and not a Lock, because threads wait on it with Monitor.
    private readonly object gate = new();
    private long used;
    private int running;

    /// <summary>Waits for room.</summary>
    /// <param name="bytes">What the work will take.</param>
    /// <param name="cancel">Ends the waiting.</param>
    /// <returns>Gives the room back when it is disposed.</returns>
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

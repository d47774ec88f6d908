using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>The one thread that sends. It gathers for a while, tries, and waits longer after every failure; it never gives up before the program ends.</summary>
internal sealed class BackgroundDrain : IDisposable
{
    private readonly SpoolWriter spool;
    private readonly SpoolDrain drain;
    private readonly ITrackingStore store;
    private readonly TimeProvider clock;
    private readonly Action<string> note;
    private readonly TrackingSessionOptions options;
    private readonly CancellationTokenSource stop;
    private readonly Action sample;
    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private long appended = 1;  // counts appends, so that what comes during a drain is seen; the first drain looks for what earlier sessions left
    private long drained;
    private bool isUrgent, isEnding, isAway;
    private int numFailures;

    public BackgroundDrain(
        SpoolWriter spool, SpoolDrain drain, ITrackingStore store, TimeProvider clock, Action<string> note, TrackingSessionOptions options, CancellationTokenSource stop, Action sample)
    {
        this.spool = spool;
        this.drain = drain;
        this.store = store;
        this.clock = clock;
        this.note = note;
        this.options = options;
        this.stop = stop;
        this.sample = sample;
        thread = new Thread(Work) { IsBackground = true, Name = "tracking", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    /// <summary>Something was appended.</summary>
    /// <param name="soon">Whether to send without gathering more.</param>
    public void Wake(bool soon)
    {
        lock (gate)
        {
            appended++;
            if (!soon || isUrgent) return;
            isUrgent = true;
        }
        wake.Set();
    }

    /// <summary>Waits until what was appended so far has been sent.</summary>
    public bool Flush(TimeSpan longest)
    {
        long goal, start = clock.GetTimestamp();
        lock (gate)
        {
            goal = appended;
            isUrgent = true;
        }
        wake.Set();
        while (true)
        {
            lock (gate)
            {
                if (drained >= goal) return true;
            }
            if (clock.GetElapsedTime(start) >= longest || !thread.IsAlive) return false;
            Thread.Sleep(5);
        }
    }

    /// <summary>Sends what waits, for as long as the options allow, and ends the thread.</summary>
    /// <returns>Whether everything was sent.</returns>
    public bool Stop()
    {
        lock (gate) isEnding = true;
        wake.Set();
        if (!thread.Join(options.LingerAtEnd)) stop.Cancel();
        thread.Join();
        return drained >= appended;
    }

    /// <summary>Ends the thread wherever it is.</summary>
    public void Abandon()
    {
        lock (gate) isEnding = true;
        stop.Cancel();
        wake.Set();
        thread.Join();
    }

    /// <summary>Closes the store; the thread has ended.</summary>
    public void Dispose()
    {
        store.Dispose();
        wake.Dispose();
        stop.Dispose();
    }

    private void Work()
    {
        long now = clock.GetTimestamp(), lastSample = now, nextTry = now; // at once: an earlier session may have left something
        while (true)
        {
            bool ending, urgent, waiting;
            lock (gate)
            {
                ending = isEnding;
                urgent = isUrgent;
                waiting = drained < appended;
            }
            now = clock.GetTimestamp();
            if (!ending && options.SystemMetricsEvery > TimeSpan.Zero && clock.GetElapsedTime(lastSample, now) >= options.SystemMetricsEvery)
            {
                lastSample = now;
                Sample();
            }
            bool isDue = clock.GetElapsedTime(nextTry, now) >= TimeSpan.Zero;
            if (waiting && (isDue || ending || (urgent && numFailures == 0)) && !stop.IsCancellationRequested)
            {
                bool done = Try();
                nextTry = clock.GetTimestamp() + Ticks(done ? options.SendEvery : Backoff());
                // At the end one more failure is the last.
                if (ending && !done) return;
                continue;
            }
            if (ending) return;
            TimeSpan wait = options.SystemMetricsEvery > TimeSpan.Zero && options.SystemMetricsEvery < options.SendEvery ? options.SystemMetricsEvery : options.SendEvery;
            if (waiting && clock.GetElapsedTime(now, nextTry) is var left && left < wait) wait = left;
            wake.WaitOne(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait);
        }
    }

    private bool Try()
    {
        long goal;
        lock (gate)
        {
            goal = appended;
            isUrgent = false;
        }
        try
        {
            spool.Sync();
            if (drain.Drain(stop.Token) is null) return Failed("another process is sending this spool");
            lock (gate) drained = goal;
            if (isAway) note($"tracking: {store.Description} is there again; everything is sent.");
            isAway = false;
            numFailures = 0;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception error) when (error is TrackingException or IOException or UnauthorizedAccessException)
        {
            return Failed(error.Message);
        }
        catch (Exception error)
        {
            // A mistake of ours; tracking ends no training, and the spool keeps what it could not send.
            return Failed($"internal error: {error}");
        }
    }

    private bool Failed(string why)
    {
        numFailures++;
        if (!isAway && !stop.IsCancellationRequested) note(string.Create(CultureInfo.InvariantCulture, $"tracking: {why.TrimEnd('.')}. Values wait in the run directory and are sent when it works again."));
        isAway = true;
        return false;
    }

    private void Sample()
    {
        try
        {
            sample();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            note($"tracking: no figures of the machine: {error.Message}");
        }
    }

    // Doubling, with up to a fifth of jitter, so that the processes of a cluster do not come back all at once.
    private TimeSpan Backoff()
    {
        double factor = Math.Pow(2, Math.Min(numFailures - 1, 20)) * (1 + (Random.Shared.NextDouble() / 5));
        return TimeSpan.FromTicks((long)Math.Min(options.RetryAfter.Ticks * factor, options.MaxRetryAfter.Ticks));
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}

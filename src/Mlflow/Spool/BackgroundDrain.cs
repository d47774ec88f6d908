using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>The one thread that sends. It gathers records for a while, tries, and waits longer after every failure; it never gives up before the program ends.</summary>
internal sealed class BackgroundDrain : IDisposable
{
    private readonly SpoolWriter spool;
    private readonly SpoolDrain drain;
    private readonly ITrackingStore store;
    private readonly TimeProvider clock;
    private readonly Action<string> note;
    private readonly TrackingSessionOptions options;
    private readonly CancellationTokenSource hurry;
    private readonly CancellationTokenSource stop;
    private readonly Lock gate = new();
    private readonly AutoResetEvent wake = new(false);
    private readonly Thread thread;
    private long appended = 1; // counts appends; the first drain looks for what earlier sessions left
    private long drained;
    private long lastProgress;
    private bool isUrgent, isEnding, isAway;
    private int numFailures;

    /// <param name="spool">What is written meanwhile.</param>
    /// <param name="drain">Sends it.</param>
    /// <param name="store">Disposed with this object.</param>
    /// <param name="clock">Waits.</param>
    /// <param name="note">Takes sentences for the log.</param>
    /// <param name="options">Times.</param>
    /// <param name="hurry">Set when the program ends, so that the client's own waits end; disposed with this object.</param>
    /// <param name="stop">Set when the time at the end is up; disposed with this object.</param>
    public BackgroundDrain(
        SpoolWriter spool, SpoolDrain drain, ITrackingStore store, TimeProvider clock, Action<string> note, TrackingSessionOptions options,
        CancellationTokenSource hurry, CancellationTokenSource stop)
    {
        this.spool = spool;
        this.drain = drain;
        this.store = store;
        this.clock = clock;
        this.note = note;
        this.options = options;
        this.hurry = hurry;
        this.stop = stop;
        thread = new Thread(Work) { IsBackground = true, Name = "tracking", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    /// <summary>Says that something reached the store.</summary>
    public void Progressed() => Interlocked.Exchange(ref lastProgress, clock.GetTimestamp());

    /// <summary>Says that something was appended.</summary>
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

    /// <summary>Waits until everything appended so far has been sent.</summary>
    /// <returns>Whether it has.</returns>
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
        Progressed();
        long start = clock.GetTimestamp();
        End();
        while (!thread.Join(TimeSpan.FromMilliseconds(20)))
        {
            bool isStuck = clock.GetElapsedTime(Interlocked.Read(ref lastProgress)) >= options.LingerAtEnd;
            if (!isStuck && clock.GetElapsedTime(start) < options.MaxLingerAtEnd) continue;
            stop.Cancel();
            break;
        }
        wake.Set();
        thread.Join();
        return drained >= appended;
    }

    /// <summary>Ends the thread wherever it is.</summary>
    public void Abandon()
    {
        stop.Cancel();
        End();
        thread.Join();
    }

    /// <summary>Closes the store; the thread has ended.</summary>
    public void Dispose()
    {
        store.Dispose();
        wake.Dispose();
        hurry.Dispose();
        stop.Dispose();
    }

    private void End()
    {
        lock (gate) isEnding = true;
        hurry.Cancel();
        wake.Set();
    }

    private void Work()
    {
        long nextTry = clock.GetTimestamp(); // at once: an earlier session may have left something
        while (!stop.IsCancellationRequested)
        {
            bool ending, urgent, waiting;
            lock (gate)
            {
                ending = isEnding;
                urgent = isUrgent;
                waiting = drained < appended;
            }
            if (ending && !waiting) return;
            TimeSpan left = clock.GetElapsedTime(clock.GetTimestamp(), nextTry);
            if (waiting && (left <= TimeSpan.Zero || ((urgent || ending) && numFailures == 0)))
            {
                bool done = Try(out bool isHopeless);
                if (ending && isHopeless) return;
                nextTry = clock.GetTimestamp() + Ticks(WaitAfter(done));
                continue;
            }
            TimeSpan wait = waiting && left < options.SendEvery ? left : options.SendEvery;
            wake.WaitOne(wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait);
            // A failure before the end must not use up the time at the end.
            if (!ending && hurry.IsCancellationRequested) nextTry = clock.GetTimestamp();
        }
    }

    private TimeSpan WaitAfter(bool done)
    {
        if (done) return options.SendEvery;
        lock (gate) return isEnding ? options.RetryAtEnd : Backoff();
    }

    /// <param name="isHopeless">Whether the server answered and another try within seconds cannot help.</param>
    private bool Try(out bool isHopeless)
    {
        isHopeless = false;
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
            if (isAway) Say($"tracking: {store.Description} is there again; everything is sent.");
            isAway = false;
            numFailures = 0;
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (TrackingException error)
        {
            isHopeless = error.StatusCode is 401 or 403;
            return Failed(error.Message);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failed(error.Message);
        }
        catch (Exception error)
        {
            // A mistake of ours. Tracking ends no training, and the spool keeps what was not sent.
            return Failed($"internal error: {error}");
        }
    }

    // A listener that is gone must not end the thread, because an exception here would end the program.
    private void Say(string sentence)
    {
        try
        {
            note(sentence);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
        }
    }

    private bool Failed(string why)
    {
        numFailures++;
        if (isAway || stop.IsCancellationRequested) return false;
        Say(string.Create(CultureInfo.InvariantCulture, $"tracking: {why.TrimEnd('.')}. Values wait in the run directory and are sent when it works again."));
        isAway = true;
        return false;
    }

    // Doubles, with up to a fifth of jitter, so that the processes of a cluster do not all return at once.
    private TimeSpan Backoff()
    {
        double factor = Math.Pow(2, Math.Min(numFailures - 1, 20)) * (1 + (Random.Shared.NextDouble() / 5));
        return TimeSpan.FromTicks((long)Math.Min(options.RetryAfter.Ticks * factor, options.MaxRetryAfter.Ticks));
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}

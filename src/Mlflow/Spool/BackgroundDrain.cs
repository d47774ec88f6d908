using System.Globalization;

namespace HiEndMae.Mlflow;

/// <summary>The thread that sends records. It collects records for a while, sends them, and waits longer after every failure. It does not stop before the program ends.</summary>
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
    private int numSteps, mostSteps; // steps of the current record: in this attempt, and in the best attempt so far; used by the sending thread
    private bool isUrgent, isEnding, isAway;
    private int numFailures;

    /// <param name="spool">The spool, which other threads write.</param>
    /// <param name="drain">Sends the records.</param>
    /// <param name="store">The store; disposed with this object.</param>
    /// <param name="clock">Times the waits.</param>
    /// <param name="note">Receives messages for the log.</param>
    /// <param name="options">Intervals and time limits.</param>
    /// <param name="hurry">Cancelled when the program ends, so that the client's waits end; disposed with this object.</param>
    /// <param name="stop">Cancelled when the time limit at the end has passed; disposed with this object.</param>
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

    /// <summary>Notes that a request has succeeded, or that a part of a file was uploaded. Called by the sending thread.</summary>
    /// <remarks>
    /// This is progress only if no earlier attempt at the same record came as far. Otherwise, the requests that succeed before the one that fails would
    /// keep the program from ending.
    /// </remarks>
    public void Progressed()
    {
        if (++numSteps <= mostSteps) return;
        mostSteps = numSteps;
        NoteProgress();
    }

    /// <summary>Notes that the store has received another record. Called by the sending thread.</summary>
    public void Moved()
    {
        numSteps = mostSteps = 0;
        NoteProgress();
    }

    /// <summary>Notes that a record was appended.</summary>
    /// <param name="soon">Whether to send at once instead of collecting more records.</param>
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

    /// <summary>Waits until all records appended so far have been sent.</summary>
    /// <returns>Whether all were sent in time.</returns>
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

    /// <summary>Sends the remaining records within the time limit, and ends the thread.</summary>
    /// <param name="leave">Ends the wait if it is cancelled during it.</param>
    /// <returns>Whether all records were sent.</returns>
    public bool Stop(CancellationToken leave = default)
    {
        NoteProgress();
        // The token of a program that was asked to stop is cancelled already. Its records have the same time as any others.
        bool wasCancelled = leave.IsCancellationRequested;
        long start = clock.GetTimestamp();
        End();
        while (!thread.Join(TimeSpan.FromMilliseconds(20)))
        {
            bool isStuck = clock.GetElapsedTime(Interlocked.Read(ref lastProgress)) >= options.LingerAtEnd;
            bool isCancelled = !wasCancelled && leave.IsCancellationRequested;
            if (!isStuck && !isCancelled && clock.GetElapsedTime(start) < options.MaxLingerAtEnd) continue;
            stop.Cancel();
            break;
        }
        wake.Set();
        thread.Join();
        return drained >= appended;
    }

    /// <summary>Ends the thread at once.</summary>
    public void Abandon()
    {
        stop.Cancel();
        End();
        thread.Join();
    }

    /// <summary>Closes the store, after the thread has ended.</summary>
    public void Dispose()
    {
        store.Dispose();
        wake.Dispose();
        hurry.Dispose();
        stop.Dispose();
    }

    private void NoteProgress() => Interlocked.Exchange(ref lastProgress, clock.GetTimestamp());

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
            // The wait after an earlier failure must not use up the time limit at the end.
            if (!ending && hurry.IsCancellationRequested) nextTry = clock.GetTimestamp();
        }
    }

    private TimeSpan WaitAfter(bool done)
    {
        if (done) return options.SendEvery;
        lock (gate) return isEnding ? options.RetryAtEnd : Backoff();
    }

    /// <param name="isHopeless">Whether the server has answered and another attempt within seconds cannot succeed.</param>
    private bool Try(out bool isHopeless)
    {
        isHopeless = false;
        long goal;
        lock (gate)
        {
            goal = appended;
            isUrgent = false;
        }
        numSteps = 0;
        try
        {
            spool.Sync();
            if (drain.Drain(stop.Token) is null) return Failed("another process is sending this spool");
            lock (gate) drained = goal;
            if (isAway) Say($"tracking: {store.Description} can be reached again; everything is sent.");
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
            isHopeless = error.StatusCode is 401 or 403 || error.NeedsUser;
            return Failed(error.Message, error.NeedsUser);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failed(error.Message);
        }
        catch (OutOfMemoryException)
        {
            return Failed("there is too little memory");
        }
        catch (Exception error)
        {
            // This is a bug of ours. Tracking must not end a training, and the spool keeps what was not sent.
            return Failed($"internal error: {error}");
        }
    }

    // The log may be closed already. An exception here would end the program.
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

    private bool Failed(string why, bool needsUser = false)
    {
        numFailures++;
        if (isAway || stop.IsCancellationRequested) return false;
        string until = needsUser ? "until then" : "and are sent when the store can be reached again";
        Say(string.Create(CultureInfo.InvariantCulture, $"tracking: {why.TrimEnd('.')}. Values stay in the run directory {until}."));
        isAway = true;
        return false;
    }

    // The wait doubles, with up to 20 % jitter, so that the processes of a cluster do not all retry at once.
    private TimeSpan Backoff()
    {
        double factor = Math.Pow(2, Math.Min(numFailures - 1, 20)) * (1 + (Random.Shared.NextDouble() / 5));
        return TimeSpan.FromTicks((long)Math.Min(options.RetryAfter.Ticks * factor, options.MaxRetryAfter.Ticks));
    }

    private long Ticks(TimeSpan time) => (long)(time.TotalSeconds * clock.TimestampFrequency);
}

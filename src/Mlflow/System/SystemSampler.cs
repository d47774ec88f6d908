namespace HiEndMae.Mlflow;

/// <summary>Reads system metrics at a fixed interval. It has its own thread, so that a slow or absent server causes no gaps.</summary>
internal sealed class SystemSampler : IDisposable
{
    private readonly SystemMonitor monitor;
    private readonly Action<string> note;
    private readonly TimeProvider clock;
    private readonly TimeSpan interval;
    private readonly List<(string Key, double Value)> figures = [];
    private readonly ManualResetEventSlim end = new(false);
    private readonly Thread? thread;
    private volatile Series? series;
    private bool hasFailed;

    /// <param name="monitor">Reads the metrics.</param>
    /// <param name="interval">Time between readings; zero for no readings.</param>
    /// <param name="note">Receives messages for the log.</param>
    /// <param name="clock">Gives the times of readings.</param>
    public SystemSampler(SystemMonitor monitor, TimeSpan interval, Action<string> note, TimeProvider clock)
    {
        this.monitor = monitor;
        this.interval = interval;
        this.note = note;
        this.clock = clock;
        if (interval <= TimeSpan.Zero) return;
        thread = new Thread(Work) { IsBackground = true, Name = "system metrics", Priority = ThreadPriority.BelowNormal };
        thread.Start();
    }

    /// <summary>Sets the run that receives the metrics from now on.</summary>
    /// <param name="run">The current run; null for none.</param>
    /// <param name="firstStep">Step of the next reading.</param>
    public void Follow(TrackedRun? run, long firstStep) => series = run is null ? null : new Series(run, firstStep);

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        end.Set();
        thread?.Join();
        end.Dispose();
    }

    private void Work()
    {
        while (!end.Wait(interval))
        {
            if (series is { } current) Sample(current);
        }
    }

    private void Sample(Series current)
    {
        try
        {
            figures.Clear();
            monitor.Read(figures);
            DateTimeOffset now = clock.GetUtcNow();
            current.Run.LogMetrics([.. figures.Select(figure => new MetricPoint(figure.Key, figure.Value, current.Step, now))]);
            current.Step++;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            if (!hasFailed) note($"tracking: system metrics cannot be read: {error.Message}");
            hasFailed = true;
        }
    }

    private sealed class Series(TrackedRun run, long step)
    {
        public TrackedRun Run { get; } = run;

        public long Step { get; set; } = step;
    }
}

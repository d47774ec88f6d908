using System.Globalization;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Tracking of one process in one run directory. Everything is appended to the spool at once. A background thread sends it to the store.</summary>
/// <remarks>
/// No call waits for the store, and no failure of the store reaches the program. Records that could not be sent stay in the spool, for the next session of this
/// directory or for <see cref="SpoolSync"/>. The thread allocates a few kilobytes per batch.
/// </remarks>
public sealed class TrackingSession : IDisposable
{
    private readonly SpoolWriter spool;
    private readonly FileLock writerLock;
    private readonly SpoolHistory history;
    private readonly string runFolder;
    private readonly TimeProvider clock;
    private readonly BackgroundDrain? drain;
    private readonly Action<string> note;
    private readonly CancellationToken leave;
    private int lost;
    private readonly SystemSampler sampler;

    private TrackingSession(string runFolder, TrackingTarget target, Func<string, string?> getVariable, TimeProvider clock, Action<string> note, TrackingSessionOptions options, FileLock writerLock)
    {
        this.runFolder = runFolder;
        this.clock = clock;
        this.note = note;
        this.writerLock = writerLock;
        leave = options.LeaveAtEnd;
        Target = target;
        CancellationTokenSource hurry = new(), stop = new();
        // The store is opened here, so that a file that is not a database is reported before anything is computed.
        ITrackingStore? store = options.SpoolOnly ? null : target.Open(getVariable, clock, options.Client with { Hurry = hurry.Token, Stop = stop.Token, Progressed = () => drain?.Progressed() });
        try
        {
            string path = SpoolFiles.Spool(runFolder), name = target.RelativeTo(runFolder);
            history = SpoolHistory.Read(path);
            spool = new SpoolWriter(path);
            if (history.Target != name) spool.Append(new SpoolRecord { Op = SpoolRecord.Target, Uri = name });
            if (store is not null) drain = new BackgroundDrain(spool, new SpoolDrain(runFolder, store, name, note, EnvironmentIds.Of(getVariable)) { Moved = () => drain?.Moved() }, store, clock, note, options, hurry, stop);
            else
            {
                hurry.Dispose();
                stop.Dispose();
            }
            var monitor = new SystemMonitor(runFolder, "/proc", options.SystemMetricsEvery > TimeSpan.Zero ? NvidiaSmi.Find(getVariable) : null, clock);
            sampler = new SystemSampler(monitor, options.SystemMetricsEvery, note, clock);
        }
        catch
        {
            spool?.Dispose();
            store?.Dispose();
            hurry.Dispose();
            stop.Dispose();
            throw;
        }
    }

    /// <summary>The store that runs are sent to.</summary>
    public TrackingTarget Target { get; }

    /// <summary>Opens the session of a run directory and starts its thread.</summary>
    /// <param name="runFolder">The run directory; the spool is <c>tracking/spool.log</c> in it.</param>
    /// <param name="target">The store.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <param name="clock">Gives the times of values, and times the waits.</param>
    /// <param name="note">Receives messages for the log, from any thread.</param>
    /// <param name="options">Intervals and time limits.</param>
    /// <exception cref="TrackingException">The local file is not an MLflow database, another process uses the same run directory, or the spool cannot be written.</exception>
    public static TrackingSession Open(
        string runFolder, TrackingTarget target, Func<string, string?> getVariable, TimeProvider clock, Action<string> note, TrackingSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(target);
        FileLock? held = null;
        try
        {
            held = FileLock.TryTake(SpoolFiles.WriterLock(runFolder))
                ?? throw new TrackingException($"Another process is running in {runFolder}; end it first.");
            return new TrackingSession(runFolder, target, getVariable, clock, note, options ?? new TrackingSessionOptions(), held);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new TrackingException($"{SpoolFiles.Folder(runFolder)} cannot be written: {error.Message}", error);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <summary>Returns whether an earlier session of this directory has started and ended a run with this key.</summary>
    public bool HasFinished(string key) => history.Runs.TryGetValue(key, out string? run) && !history.Open.ContainsKey(run);

    /// <summary>Starts a run, or continues the run that an earlier session of this directory started with the same key.</summary>
    /// <param name="key">The program's key of the run; unique in the directory.</param>
    /// <param name="experiment">Name of its experiment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="parentId">Our id of its parent (<see cref="TrackedRun.Id"/>), which may belong to another process; null for none.</param>
    /// <param name="tags">Its tags.</param>
    public TrackedRun StartRun(string key, string experiment, string name, string? parentId, IReadOnlyDictionary<string, string> tags) =>
        StartRun(key, new ExperimentChoice(experiment, null), name, parentId, tags);

    /// <summary>Like <see cref="StartRun(string, string, string, string?, IReadOnlyDictionary{string, string})"/>, with the experiment and the run that the environment names.</summary>
    /// <param name="key">The program's key of the run; unique in the directory.</param>
    /// <param name="experiment">Its experiment.</param>
    /// <param name="name">Its name.</param>
    /// <param name="parentId">Our id of its parent; null for none.</param>
    /// <param name="tags">Its tags.</param>
    /// <param name="storeRun">The store's id of an existing run to use; null to create a run.</param>
    public TrackedRun StartRun(string key, ExperimentChoice experiment, string name, string? parentId, IReadOnlyDictionary<string, string> tags, string? storeRun = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentNullException.ThrowIfNull(experiment);
        if (history.Runs.TryGetValue(key, out string? known))
        {
            Append(new SpoolRecord { Op = SpoolRecord.Resume, Run = known });
            return new TrackedRun(this, known, parentId, isResumed: true);
        }
        var run = Guid.NewGuid().ToString("N");
        history.Runs[key] = run;
        Append(new SpoolRecord
        {
            Op = SpoolRecord.Start,
            Run = run,
            Key = key,
            Experiment = experiment.Name is { } named ? EntityRules.CleanName(named, EntityRules.MaxExperimentName) : null,
            ExperimentId = experiment.Id,
            ExperimentRun = experiment.Run,
            StoreRun = storeRun,
            Name = EntityRules.CleanName(name, EntityRules.MaxKey),
            Parent = parentId,
            Time = clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Entries = EntityRules.Clean(tags, EntityRules.MaxTagValue),
        });
        return new TrackedRun(this, run, parentId, isResumed: false);
    }

    /// <summary>Logs system metrics to a run from now on, under <c>system/</c>, every <see cref="TrackingSessionOptions.SystemMetricsEvery"/>.</summary>
    /// <param name="run">The current run; null for none.</param>
    public void TrackSystem(TrackedRun? run) => sampler.Follow(run, run is null ? 0 : history.LastStep(run.Id, SystemMonitor.Memory) + 1);

    /// <summary>Waits until everything logged so far has been processed.</summary>
    /// <param name="longest">The longest wait.</param>
    /// <returns>Whether all were sent in time.</returns>
    public bool Flush(TimeSpan longest) => drain?.Flush(longest) ?? false;

    /// <summary>Sends the remaining records for a limited time, and ends the thread.</summary>
    public void Dispose()
    {
        sampler.Dispose();
        if (lost > 1) note(string.Create(CultureInfo.InvariantCulture, $"tracking: {lost} records were lost, because {SpoolFiles.Spool(runFolder)} could not be written."));
        if (drain is not null && !drain.Stop(leave))
            note(string.Create(CultureInfo.InvariantCulture, $"tracking: not everything has reached {Target}; 'hiendmae track sync {runFolder}' sends the rest."));
        drain?.Dispose();
        spool.Dispose();
        writerLock.Dispose();
    }

    /// <summary>Ends the thread at once, as a kill does. For tests.</summary>
    internal void Abandon()
    {
        sampler.Dispose();
        drain?.Abandon();
        drain?.Dispose();
        spool.Dispose();
        writerLock.Dispose();
    }

    internal SpoolHistory History => history;

    internal DateTimeOffset Now => clock.GetUtcNow();

    internal void Append(SpoolRecord record)
    {
        try
        {
            spool.Append(record);
            drain?.Wake(soon: record.Op == SpoolRecord.End);
        }
        catch (IOException error)
        {
            // Tracking must not end a training. A full disk ends it at the next checkpoint, with its own message.
            if (Interlocked.Increment(ref lost) == 1) note($"tracking: a record is lost, {SpoolFiles.Spool(runFolder)} cannot be written: {error.Message}");
        }
    }

    /// <summary>Returns the path of a file for the spool. It is relative for files in the run directory, so that the directory can be moved before it is sent.</summary>
    internal string ForSpool(string file)
    {
        string full = Path.GetFullPath(file), relative = Path.GetRelativePath(runFolder, full);
        return relative.StartsWith("..", StringComparison.Ordinal) ? full : relative.Replace('\\', '/');
    }
}

using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Reads the state of spools and sends them, independently of the run that wrote them.</summary>
public static class SpoolSync
{
    /// <summary>Finds the run directories with a spool in a folder, including the folder itself.</summary>
    public static IReadOnlyList<string> Find(string folder) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder, SpoolFiles.SpoolName, SearchOption.AllDirectories)
            .Where(static file => Path.GetFileName(Path.GetDirectoryName(file)) == SpoolFiles.FolderName)
            .Select(static file => Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file)))!)
            .Order(StringComparer.Ordinal)];

    /// <summary>Returns our ids of a spool's runs, by the program's keys; empty if there is no spool.</summary>
    /// <param name="runFolder">The run directory.</param>
    public static IReadOnlyDictionary<string, string> RunsOf(string runFolder) => SpoolHistory.Read(SpoolFiles.Spool(runFolder)).Runs;

    /// <summary>Returns the state of a spool.</summary>
    /// <param name="runFolder">The run directory.</param>
    /// <param name="target">The store; null for that of the last session.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <exception cref="TrackingException">The spool names no store.</exception>
    public static SpoolStatus StatusOf(string runFolder, TrackingTarget? target, Func<string, string?> getVariable)
    {
        string path = SpoolFiles.Spool(runFolder);
        TrackingTarget to = target ?? TargetOf(runFolder, getVariable);
        string name = to.RelativeTo(runFolder);
        CursorState state = new SpoolCursor(SpoolFiles.Cursor(runFolder, name), name).Load();
        var reader = new SpoolReader(path);
        int total = 0, waiting = 0;
        foreach ((_, long end) in reader.Read(0))
        {
            total++;
            if (end > state.Offset) waiting++;
        }
        return new SpoolStatus(runFolder, to.ToString(), total, waiting, state.NumRefused, state.LastRefusal, reader.NumTorn);
    }

    /// <summary>Sends the waiting records of a spool.</summary>
    /// <param name="runFolder">The run directory.</param>
    /// <param name="target">The store; null for that of the last session. A store that has nothing of the spool gets all of it.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <param name="clock">Times the waits.</param>
    /// <param name="note">Receives messages for the user.</param>
    /// <param name="options">Timeouts and repetitions of the client.</param>
    /// <param name="cancel">Stops between records.</param>
    /// <returns>The number of processed records.</returns>
    /// <exception cref="TrackingException">The store is not available, or another process is sending the spool.</exception>
    public static int Send(
        string runFolder, TrackingTarget? target, Func<string, string?> getVariable, TimeProvider clock, Action<string> note, MlflowClientOptions? options, CancellationToken cancel)
    {
        TrackingTarget to = target ?? TargetOf(runFolder, getVariable);
        MlflowClientOptions patience = (options ?? MlflowClientOptions.Of(getVariable)) with { Stop = cancel };
        using ITrackingStore store = to.Open(getVariable, clock, patience);
        try
        {
            EndDeadRuns(runFolder);
            return DrainWithPatience(new SpoolDrain(runFolder, store, to.RelativeTo(runFolder), note, EnvironmentIds.Of(getVariable)), patience, clock, cancel)
                ?? throw new TrackingException(TrackingFailure.Unavailable, $"Another process is sending the spool of {runFolder}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException(TrackingFailure.Unavailable, $"The spool of {runFolder} cannot be sent: {error.Message}", error);
        }
    }

    // The client itself repeats all requests except the creation of a run, which the server may have completed. The drain looks for that run before it repeats the request.
    private static int? DrainWithPatience(SpoolDrain drain, MlflowClientOptions patience, TimeProvider clock, CancellationToken cancel)
    {
        long reached = -1;
        for (int numFailures = 0; ;)
        {
            try
            {
                return drain.Drain(cancel, isSuspicious: true);
            }
            catch (TrackingException error) when (error.IsAmbiguous && numFailures < patience.MaxRetries)
            {
                numFailures = drain.Position > reached ? 1 : numFailures + 1;
                reached = drain.Position;
                TimeSpan wait = patience.RetryDelay * Math.Pow(2, numFailures - 1);
                Task.Delay(wait < patience.MaxRetryDelay ? wait : patience.MaxRetryDelay, clock, cancel).GetAwaiter().GetResult();
            }
        }
    }

    // A killed process leaves its runs open and releases its lock. These runs are ended as KILLED, at the time of their last record.
    // Resuming a run reopens it.
    private static void EndDeadRuns(string runFolder)
    {
        string path = SpoolFiles.Spool(runFolder);
        using FileLock? held = FileLock.TryTake(SpoolFiles.WriterLock(runFolder));
        if (held is null) return;
        var open = SpoolHistory.Read(path).Open;
        if (open.Count == 0) return;
        using var writer = new SpoolWriter(path);
        foreach ((string run, (string? parent, long time)) in open.Reverse())
            writer.Append(new SpoolRecord { Op = SpoolRecord.End, Run = run, Parent = parent, Status = RunStatus.Killed, Time = time });
    }

    private static TrackingTarget TargetOf(string runFolder, Func<string, string?> getVariable)
    {
        string? target = SpoolHistory.Read(SpoolFiles.Spool(runFolder)).Target;
        return target is null
            ? throw new TrackingException($"{runFolder} has no spool that names a store; name the store with --uri.")
            : TrackingTarget.FromRelative(target, runFolder, getVariable);
    }
}

using HiEndMae.Configuration.Shared;

namespace HiEndMae.Mlflow;

/// <summary>Spools of run directories from outside: what waits in them, and sending it.</summary>
public static class SpoolSync
{
    /// <summary>The run directories below a folder, or the folder itself, that have a spool.</summary>
    public static IReadOnlyList<string> Find(string folder) => !Directory.Exists(folder) ? []
        : [.. Directory.EnumerateFiles(folder, SpoolFiles.SpoolName, SearchOption.AllDirectories)
            .Where(static file => Path.GetFileName(Path.GetDirectoryName(file)) == SpoolFiles.FolderName)
            .Select(static file => Path.GetDirectoryName(Path.GetDirectoryName(Path.GetFullPath(file)))!)
            .Order(StringComparer.Ordinal)];

    /// <summary>Our ids of a spool's runs by the program's keys; empty where there is no spool.</summary>
    /// <param name="runFolder">The run directory.</param>
    public static IReadOnlyDictionary<string, string> RunsOf(string runFolder) => SpoolHistory.Read(SpoolFiles.Spool(runFolder)).Runs;

    /// <summary>What a spool holds and how far it has got.</summary>
    /// <param name="runFolder">The run directory.</param>
    /// <param name="target">Which store; null for that of the last session.</param>
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

    /// <summary>Sends what waits in a spool.</summary>
    /// <param name="runFolder">The run directory.</param>
    /// <param name="target">Which store; null for that of the last session. A store that has nothing of the spool gets all of it.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <param name="clock">Waits.</param>
    /// <param name="note">Takes sentences for the user.</param>
    /// <param name="options">How patient the client of a server is.</param>
    /// <param name="cancel">Stops between records.</param>
    /// <returns>How many records were dealt with.</returns>
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
            return DrainWithPatience(new SpoolDrain(runFolder, store, to.RelativeTo(runFolder), note), patience, clock, cancel)
                ?? throw new TrackingException(TrackingFailure.Unavailable, $"Another process is sending the spool of {runFolder}.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TrackingException(TrackingFailure.Unavailable, $"The spool of {runFolder} cannot be sent: {error.Message}", error);
        }
    }

    // The client repeats requests by itself, except the one that makes a run: the server may have carried it out. The drain looks for that run before it asks again.
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

    // A process that was killed could not say so. Its lock is gone with it: what it left open is ended as killed, at the time of its last sign of life;
    // a resumed run opens it again.
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
            ? throw new TrackingException($"{runFolder} has no spool that names a store; say which with --uri.")
            : TrackingTarget.FromRelative(target, runFolder, getVariable);
    }
}

using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Sweeps;

/// <summary>Sends the spools of jobs. Many nodes cannot write one database on a shared disk, so one process sends for all of them.</summary>
/// <param name="store">The store of stages.</param>
/// <param name="environment">Variables and clock.</param>
/// <param name="warn">Receives warnings.</param>
internal sealed class StageSpools(StageStore store, RunEnvironment environment, Action<string> warn)
{
    private readonly HashSet<string> sent = new(StringComparer.Ordinal);
    private bool isUnavailable;

    /// <summary>Sends the spools of stages that have ended since the last call. After a failure it does nothing more, because every other stage would fail in the same way.</summary>
    /// <param name="stages">Stages of the sweep.</param>
    /// <param name="cancel">Stops between records.</param>
    public void SendNew(IEnumerable<SweepStage> stages, CancellationToken cancel)
    {
        foreach (SweepStage stage in stages)
        {
            if (isUnavailable) return;
            if (sent.Contains(stage.Key) || store.StatusOf(stage) is not (StageStatus.Done or StageStatus.Failed)) continue;
            if (StageStore.NewestRun(store.FolderOf(stage)) is { } folder) Send(folder, cancel);
            sent.Add(stage.Key);
        }
    }

    /// <summary>Looks at the spools of all stages that have ended, and sends what waits.</summary>
    /// <remarks>A stage has ended as soon as its results are written. Its job may write more records after that, and an unavailable store may be available again.</remarks>
    /// <param name="stages">Stages of the sweep.</param>
    /// <param name="cancel">Stops between records.</param>
    public void SendAll(IEnumerable<SweepStage> stages, CancellationToken cancel)
    {
        sent.Clear();
        isUnavailable = false;
        SendNew(stages, cancel);
    }

    private void Send(string folder, CancellationToken cancel)
    {
        foreach (string run in SpoolSync.Find(folder))
        {
            try
            {
                if (SpoolSync.StatusOf(run, null, environment.GetVariable).NumWaiting > 0) SpoolSync.Send(run, null, environment.GetVariable, environment.Clock, warn, options: null, cancel);
            }
            catch (TrackingException error)
            {
                // The sweep continues, because the spool keeps the records.
                warn($"tracking: {error.Message} 'hiendmae track sync {store.Output}' sends it later.");
                isUnavailable = true;
                return;
            }
        }
    }
}

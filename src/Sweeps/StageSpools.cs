using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Sweeps;

/// <summary>Sends the spools of jobs. Many nodes cannot write one database on a shared disk, so one process sends for all of them.</summary>
internal static class StageSpools
{
    /// <summary>Sends the spools of stages that are not running.</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="store">The store of stages.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <param name="cancel">Stops between records.</param>
    public static void Send(IEnumerable<SweepStage> stages, StageStore store, RunEnvironment environment, Action<string> warn, CancellationToken cancel)
    {
        foreach (string run in stages.Select(stage => StageStore.NewestRun(store.FolderOf(stage))).OfType<string>().SelectMany(SpoolSync.Find))
        {
            try
            {
                if (SpoolSync.StatusOf(run, null, environment.GetVariable).NumWaiting > 0) SpoolSync.Send(run, null, environment.GetVariable, environment.Clock, warn, options: null, cancel);
            }
            catch (TrackingException error)
            {
                // The failure is the same for every stage. The sweep continues, because the spool keeps the records.
                warn($"tracking: {error.Message} 'hiendmae track sync {store.Output}' sends it later.");
                return;
            }
        }
    }
}

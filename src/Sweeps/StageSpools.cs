using HiEndMae.Mlflow;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Sweeps;

/// <summary>Sends what jobs have only spooled: many nodes and one database on a shared disk do not go together, so one process sends for all.</summary>
internal static class StageSpools
{
    /// <summary>Sends the spools of stages that are not being run.</summary>
    /// <param name="stages">The stages.</param>
    /// <param name="store">Where they lie.</param>
    /// <param name="environment">Variables and clock.</param>
    /// <param name="warn">Takes warnings.</param>
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
                // The same for every stage, and no reason not to go on: the spool keeps it.
                warn($"tracking: {error.Message} 'hiendmae track sync {store.Output}' sends it later.");
                return;
            }
        }
    }
}

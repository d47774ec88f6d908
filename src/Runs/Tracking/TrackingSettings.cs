using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Mlflow;

namespace HiEndMae.Runs.Tracking;

/// <summary>Tracking settings of the file and the environment, merged and checked before anything is written.</summary>
/// <param name="Target">The store.</param>
/// <param name="Experiment">The MLflow experiment.</param>
/// <param name="RunId">MLFLOW_RUN_ID: a run that is there already and to be used; null to make one.</param>
/// <param name="Client">How patient the client of a server is.</param>
internal sealed record TrackingSettings(TrackingTarget Target, ExperimentChoice Experiment, string? RunId, MlflowClientOptions Client)
{
    /// <summary>The variable that names a run to be used.</summary>
    public const string RunVariable = "MLFLOW_RUN_ID";

    /// <summary>The variable that, set to "spool", keeps a run from sending: a later <c>sweep</c> or <c>track sync</c> does it. Jobs of a cluster have it.</summary>
    public const string SpoolVariable = "HIENDMAE_TRACKING";

    /// <summary>The settings of an experiment.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="output">Folder of run directories, where the local store is.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <returns>Null where the file turns tracking off.</returns>
    /// <exception cref="UserException">The address, a variable or a certificate cannot be used.</exception>
    public static TrackingSettings? Of(ExperimentConfig config, string output, Func<string, string?> getVariable)
    {
        if (!config.Tracking.Enabled) return null;
        try
        {
            string? run = getVariable(RunVariable)?.Trim();
            return new TrackingSettings(
                TrackingTarget.Parse(config.Tracking.Uri, Path.GetFullPath(output), getVariable), ExperimentChoice.Of(config.Name, getVariable), string.IsNullOrEmpty(run) ? null : run,
                MlflowClientOptions.Of(getVariable));
        }
        catch (TrackingException error)
        {
            // A setting that the user mends, as a wrong key in the file.
            throw new UserException(error.Message, error);
        }
    }
}

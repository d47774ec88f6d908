using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Mlflow;

namespace HiEndMae.Runs.Tracking;

/// <summary>Tracking settings of the file and the environment, merged and checked before anything is written.</summary>
/// <param name="Target">The store.</param>
/// <param name="Experiment">The MLflow experiment.</param>
/// <param name="RunId">MLFLOW_RUN_ID: the existing run to use; null to create a run.</param>
/// <param name="Client">Timeouts and retries of the client.</param>
internal sealed record TrackingSettings(TrackingTarget Target, ExperimentChoice Experiment, string? RunId, MlflowClientOptions Client)
{
    /// <summary>If this variable is "spool", a run does not send its values. A later <c>sweep</c> or <c>track sync</c> sends them. Jobs of a cluster set it.</summary>
    public const string SpoolVariable = "HIENDMAE_TRACKING";

    /// <summary>The settings of an experiment.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="output">Folder of run directories, where the local store is.</param>
    /// <param name="getVariable">Reads the environment.</param>
    /// <returns>Null if the file turns tracking off.</returns>
    /// <exception cref="UserException">The address, a variable or a certificate cannot be used.</exception>
    public static TrackingSettings? Of(ExperimentConfig config, string output, Func<string, string?> getVariable)
    {
        if (!config.Tracking.Enabled) return null;
        try
        {
            string? run = getVariable(EnvironmentIds.RunVariable)?.Trim();
            // Runs belong to the experiment of the given run, which may be another one than the file names.
            ExperimentChoice experiment = ExperimentChoice.Of(config.Name, getVariable) with { Run = EnvironmentIds.Of(getVariable).Run };
            return new TrackingSettings(
                TrackingTarget.Parse(config.Tracking.Uri, Path.GetFullPath(output), getVariable), experiment, string.IsNullOrEmpty(run) ? null : run,
                MlflowClientOptions.Of(getVariable));
        }
        catch (TrackingException error)
        {
            // The user can correct the setting, like a wrong key in the file.
            throw new UserException(error.Message, error);
        }
    }
}

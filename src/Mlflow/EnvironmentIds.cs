namespace HiEndMae.Mlflow;

/// <summary>The run and the experiment that the environment names.</summary>
/// <param name="Run">MLFLOW_RUN_ID: the store's id of an existing run; null for none.</param>
/// <param name="Experiment">MLFLOW_EXPERIMENT_NAME and MLFLOW_EXPERIMENT_ID; null if neither is set.</param>
internal sealed record EnvironmentIds(string? Run, ExperimentChoice? Experiment)
{
    /// <summary>Reads the variables.</summary>
    public static EnvironmentIds Of(Func<string, string?> getVariable)
    {
        ExperimentChoice choice = ExperimentChoice.Of("", getVariable);
        string? run = getVariable("MLFLOW_RUN_ID");
        return new EnvironmentIds(string.IsNullOrWhiteSpace(run) ? null : run.Trim(), choice is { Id: null, Name: "" } ? null : choice);
    }
}

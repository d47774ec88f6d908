namespace HiEndMae.Mlflow;

/// <summary>The run and the experiment that the environment names.</summary>
/// <param name="Run">MLFLOW_RUN_ID, or the same of the sweep that started this process: the store's id of an existing run; null for none.</param>
/// <param name="Experiment">MLFLOW_EXPERIMENT_NAME and MLFLOW_EXPERIMENT_ID; null if neither is set.</param>
public sealed record EnvironmentIds(string? Run, ExperimentChoice? Experiment)
{
    /// <summary>The variable with the store's id of an existing run to use.</summary>
    public const string RunVariable = "MLFLOW_RUN_ID";

    /// <summary>The variable in which a sweep passes its own MLFLOW_RUN_ID to its jobs. They create their runs in the experiment of that run.</summary>
    public const string SweepRunVariable = "HIENDMAE_SWEEP_MLFLOW_RUN";

    /// <summary>Reads the variables.</summary>
    /// <param name="getVariable">Reads the environment.</param>
    public static EnvironmentIds Of(Func<string, string?> getVariable)
    {
        ExperimentChoice choice = ExperimentChoice.Of("", getVariable);
        return new EnvironmentIds(NonEmpty(getVariable(RunVariable)) ?? NonEmpty(getVariable(SweepRunVariable)), choice is { Id: null, Name: "" } ? null : choice);
    }

    private static string? NonEmpty(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}

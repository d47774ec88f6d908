namespace HiEndMae.Mlflow;

/// <summary>The experiment that a run belongs to.</summary>
/// <param name="Name">Its name. The experiment is created if it does not exist. Null if only the id is known.</param>
/// <param name="Id">The store's id of an existing experiment; null to use the name.</param>
/// <param name="Run">The store's id of an existing run, whose experiment is meant; null for none. It takes precedence over name and id.</param>
public sealed record ExperimentChoice(string? Name, string? Id, string? Run = null)
{
    /// <summary>Reads MLFLOW_EXPERIMENT_NAME and MLFLOW_EXPERIMENT_ID. Without them, uses the given name.</summary>
    /// <param name="name">The name to use if neither variable is set.</param>
    /// <param name="getVariable">Reads the environment.</param>
    public static ExperimentChoice Of(string name, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        string? given = NonEmpty("MLFLOW_EXPERIMENT_NAME"), id = NonEmpty("MLFLOW_EXPERIMENT_ID");
        return new ExperimentChoice(given ?? (id is null ? name : null), id);

        string? NonEmpty(string variable) => getVariable(variable) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }
}

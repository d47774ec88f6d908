namespace HiEndMae.Mlflow;

/// <summary>Which experiment a run belongs to.</summary>
/// <param name="Name">Its name; the experiment is made if there is none. Null where only the id is known.</param>
/// <param name="Id">The store's id of an experiment that is there; null to go by the name.</param>
public sealed record ExperimentChoice(string? Name, string? Id)
{
    /// <summary>MLFLOW_EXPERIMENT_NAME and MLFLOW_EXPERIMENT_ID, or else the name of the program's own.</summary>
    /// <param name="name">The name where the environment says nothing.</param>
    /// <param name="getVariable">Reads the environment.</param>
    public static ExperimentChoice Of(string name, Func<string, string?> getVariable)
    {
        ArgumentNullException.ThrowIfNull(getVariable);
        string? given = NonEmpty("MLFLOW_EXPERIMENT_NAME"), id = NonEmpty("MLFLOW_EXPERIMENT_ID");
        return new ExperimentChoice(given ?? (id is null ? name : null), id);

        string? NonEmpty(string variable) => getVariable(variable) is { } text && !string.IsNullOrWhiteSpace(text) ? text.Trim() : null;
    }
}

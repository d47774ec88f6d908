namespace HiEndMae.Mlflow;

/// <summary>Combines the tags that MLflow's pages read with those of the caller.</summary>
internal static class RunTags
{
    public const string RunName = "mlflow.runName";
    public const string ParentRunId = "mlflow.parentRunId";
    public const string ModelHistory = "mlflow.log-model.history";
    public const string RegisteredModel = "hiendmae.registered_model";
    public const string User = "mlflow.user";
    public const string SourceName = "mlflow.source.name";
    public const string SourceType = "mlflow.source.type";

    /// <exception cref="TrackingException">The caller's tags contradict the run's name or parent.</exception>
    public static Dictionary<string, string> Of(
        string name, string? parentRunId, IReadOnlyDictionary<string, string> tags, Func<string, string?> getVariable)
    {
        EntityRules.CheckRunName(name);
        var all = new Dictionary<string, string>(tags, StringComparer.Ordinal);
        Require(all, RunName, name);
        if (parentRunId is not null) Require(all, ParentRunId, parentRunId);
        if (UserName(getVariable) is { Length: > 0 } user) all.TryAdd(User, user);
        all.TryAdd(SourceName, "hiendmae");
        all.TryAdd(SourceType, "LOCAL");
        return all;
    }

    // The order is that of Python's getpass.getuser, which MLflow's client uses. If no variable is set, as in some containers, the account of the process is used.
    private static string UserName(Func<string, string?> getVariable) =>
        ((string[])["LOGNAME", "USER", "LNAME", "USERNAME"]).Select(getVariable).FirstOrDefault(static name => !string.IsNullOrEmpty(name)) ?? Environment.UserName;

    private static void Require(Dictionary<string, string> tags, string key, string value)
    {
        if (tags.TryGetValue(key, out string? given) && given != value)
            throw new TrackingException($"The tag {key} is '{given}', but the run is created with '{value}'; leave the tag out.");
        tags[key] = value;
    }
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Mlflow;

namespace HiEndMae.Runs.Tracking;

/// <summary>The tags that every tracked run of this program has: its role, the code that created it, and the user's own tags.</summary>
internal static class RunTags
{
    /// <summary>The role of a run: experiment, job (a sweep's), stage, sweep, combination, evaluation or analysis.</summary>
    public const string Role = "hiendmae.role";

    /// <summary>Set on the one run that holds a result: <c>tags."hiendmae.result" = 'true'</c> finds each result once.</summary>
    public const string Result = "hiendmae.result";

    /// <summary>A readable label of the combination of a sweep, or of the stage.</summary>
    public const string Label = "hiendmae.label";

    /// <summary>The tags.</summary>
    /// <param name="role">The role of the run.</param>
    /// <param name="label">Readable label; empty for none.</param>
    /// <param name="config">The experiment, for the user's own tags.</param>
    /// <param name="getVariable">Reads the environment, for git.</param>
    public static Dictionary<string, string> Of(string role, string label, ExperimentConfig config, Func<string, string?> getVariable)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal) { [Role] = role };
        if (config.Description.Length > 0) tags["mlflow.note.content"] = config.Description;
        if (label.Length > 0) tags[Label] = label;
        foreach ((string key, string value) in GitState.Read(Environment.CurrentDirectory, getVariable)?.ToTags() ?? new Dictionary<string, string>()) tags[key] = value;
        foreach ((string key, string value) in config.Tracking.Tags) tags[key] = value;
        return tags;
    }
}

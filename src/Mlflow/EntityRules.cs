using System.Text;

namespace HiEndMae.Mlflow;

/// <summary>What MLflow's servers let into their databases; checked here so that both stores refuse the same things.</summary>
internal static class EntityRules
{
    public const int MaxKey = 250;
    public const int MaxExperimentName = 256;
    public const int MaxParamValue = 6000;
    public const int MaxTagValue = 8000;

    /// <exception cref="TrackingException">The key breaks a rule; the message names it.</exception>
    public static void CheckKey(string kind, string key)
    {
        if (string.IsNullOrWhiteSpace(key)) throw new TrackingException($"A {kind} without a name cannot be tracked.");
        if (key.Length > MaxKey)
            throw new TrackingException($"The {kind} name '{key[..40]}...' has {key.Length} characters; MLflow keeps at most {MaxKey}.");
        foreach (Rune rune in key.EnumerateRunes())
        {
            if (!Rune.IsLetterOrDigit(rune) && !(rune.IsAscii && "_-.: /".Contains((char)rune.Value, StringComparison.Ordinal)))
                throw new TrackingException($"The {kind} name '{key}' contains '{rune}'; MLflow allows letters, digits, spaces and _ - . : /.");
        }
        // MLflow's file stores use keys as paths, so every store refuses a key that names another path than it spells.
        if (key.StartsWith("..", StringComparison.Ordinal) || key.Split('/').Any(static part => part is "" or "." or ".."))
            throw new TrackingException($"The {kind} name '{key}' is no plain path; use names such as a/b, without empty parts or dots alone.");
    }

    /// <exception cref="TrackingException">A key breaks a rule; the message names it.</exception>
    public static void CheckKeys(IReadOnlyList<MetricPoint> points)
    {
        foreach (string key in points.Select(static point => point.Key).Distinct()) CheckKey("metric", key);
    }

    /// <exception cref="TrackingException">The name is empty or too long.</exception>
    public static void CheckExperimentName(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new TrackingException("An experiment without a name cannot be tracked.");
        if (name.Length > MaxExperimentName)
            throw new TrackingException($"The experiment name '{name[..40]}...' has {name.Length} characters; MLflow keeps at most {MaxExperimentName}.");
    }

    /// <exception cref="TrackingException">The name is empty or too long.</exception>
    public static void CheckRunName(string name)
    {
        if (string.IsNullOrWhiteSpace(name)) throw new TrackingException("A run without a name cannot be tracked.");
        if (name.Length > MaxKey)
            throw new TrackingException($"The run name '{name[..40]}...' has {name.Length} characters; MLflow keeps at most {MaxKey}.");
    }

    /// <summary>The keys checked and the values cut, as a server would.</summary>
    public static KeyValuePair<string, string>[] Params(IReadOnlyDictionary<string, string> parameters) =>
        Entries("parameter", parameters, MaxParamValue);

    /// <inheritdoc cref="Params"/>
    public static KeyValuePair<string, string>[] Tags(IReadOnlyDictionary<string, string> tags) => Entries("tag", tags, MaxTagValue);

    /// <summary>The number that is stored: MLflow has no infinities, and 0 stands for NaN beside a flag.</summary>
    public static double StoredValue(double value) => value switch
    {
        double.NaN => 0,
        double.PositiveInfinity => double.MaxValue,
        double.NegativeInfinity => double.MinValue,
        _ => value,
    };

    /// <summary>The name MLflow gives a status.</summary>
    public static string Name(RunStatus status) => status switch
    {
        RunStatus.Finished => "FINISHED",
        RunStatus.Failed => "FAILED",
        RunStatus.Killed => "KILLED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static KeyValuePair<string, string>[] Entries(string kind, IReadOnlyDictionary<string, string> entries, int longest)
    {
        var checkedEntries = new KeyValuePair<string, string>[entries.Count];
        int i = 0;
        foreach ((string key, string value) in entries)
        {
            CheckKey(kind, key);
            checkedEntries[i++] = new(key, Cut(value, longest));
        }
        return checkedEntries;
    }

    private static string Cut(string value, int longest)
    {
        if (value.Length <= longest) return value;
        // Half a surrogate pair is no text, and neither SQLite nor JSON would give it back.
        return value[..(char.IsHighSurrogate(value[longest - 1]) ? longest - 1 : longest)];
    }
}

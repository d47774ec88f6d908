using System.Text;

namespace HiEndMae.Mlflow;

/// <summary>The limits of MLflow's servers. They are checked here so that both stores refuse the same values.</summary>
internal static class EntityRules
{
    public const int MaxKey = 250;
    public const int MaxExperimentName = 256;
    public const int MaxParamValue = 6000;
    public const int MaxTagValue = 8000;
    public const int MaxExperimentTagValue = 5000;

    /// <exception cref="TrackingException">The key breaks a rule; the message names it.</exception>
    public static void CheckKey(string kind, string key)
    {
        if (string.IsNullOrWhiteSpace(key)) throw new TrackingException($"A {kind} without a name cannot be tracked.");
        if (key.Length > MaxKey)
            throw new TrackingException($"The {kind} name '{key[..40]}...' has {key.Length} characters; MLflow keeps at most {MaxKey}.");
        foreach (Rune rune in key.EnumerateRunes())
        {
            if (!IsAllowed(rune))
                throw new TrackingException($"The {kind} name '{key}' contains '{rune}'; MLflow allows letters, digits, spaces and _ - . : /.");
        }
        // MLflow's file stores use keys as paths. Every store therefore refuses a key whose normalised path differs from the key.
        if (key.StartsWith("..", StringComparison.Ordinal) || key.Split('/').Any(static part => part is "" or "." or ".."))
            throw new TrackingException($"The {kind} name '{key}' is not a plain path; use a name such as a/b, without empty parts and without the parts '.' and '..'.");
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

    /// <summary>
    /// Converts a name to one that servers accept. A character that is not allowed becomes <c>_</c>. Empty parts and parts of dots
    /// between slashes are removed. A name that is too long is cut and ends with <c>-</c> and eight hex digits of the checksum of the whole.
    /// </summary>
    public static string CleanKey(string key, int longest = MaxKey)
    {
        if (IsClean(key, longest)) return key;
        var text = new StringBuilder(key.Length);
        foreach (Rune rune in key.EnumerateRunes()) text.Append(IsAllowed(rune) ? rune.ToString() : "_");
        string clean = string.Join('/', text.ToString().Split('/').Select(static part => part.Trim(' ').Trim('.').Length == 0 ? "" : part).Where(static part => part.Length > 0));
        if (clean.StartsWith("..", StringComparison.Ordinal)) clean = "_" + clean;
        if (clean.Length == 0) clean = "_";
        if (clean.Length <= longest) return clean;
        string hash = Convert.ToHexStringLower(System.IO.Hashing.Crc32.Hash(Encoding.UTF8.GetBytes(key)));
        return $"{Cut(clean, longest - 9)}-{hash}";
    }

    /// <summary>Applies <see cref="CleanKey"/> to the keys and cuts long values. If two keys become equal, the last entry is kept.</summary>
    public static List<Entry> Clean(IReadOnlyDictionary<string, string> entries, int longest)
    {
        var clean = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string key, string value) in entries) clean[CleanKey(key)] = Cut(value, longest);
        return [.. clean.Select(static entry => new Entry(entry.Key, entry.Value))];
    }

    /// <summary>Cuts the texts of datasets to MLflow's limits.</summary>
    public static List<DatasetInput> Clean(IReadOnlyList<DatasetInput> inputs) =>
    [
        .. inputs.Select(static input => new DatasetInput(
            input.Dataset with { Name = CleanName(input.Dataset.Name, 500), Digest = Cut(input.Dataset.Digest, 36), Profile = input.Dataset.Profile is { } profile ? Cut(profile, 16_000) : null },
            [.. (input.Tags ?? []).Select(static tag => new Entry(CleanKey(tag.Key), Cut(tag.Value, 500)))])),
    ];

    /// <summary>Converts the name of a run or an experiment to one that is neither empty nor too long.</summary>
    public static string CleanName(string name, int longest)
    {
        string text = string.IsNullOrWhiteSpace(name) ? "unnamed" : name;
        if (text.Length <= longest) return text;
        return $"{Cut(text, longest - 9)}-{Convert.ToHexStringLower(System.IO.Hashing.Crc32.Hash(Encoding.UTF8.GetBytes(text)))}";
    }

    /// <summary>Checks keys and cuts long values, as a server does.</summary>
    public static KeyValuePair<string, string>[] Params(IReadOnlyDictionary<string, string> parameters) =>
        Entries("parameter", parameters, MaxParamValue);

    /// <inheritdoc cref="Params"/>
    public static KeyValuePair<string, string>[] Tags(IReadOnlyDictionary<string, string> tags) => Entries("tag", tags, MaxTagValue);

    /// <inheritdoc cref="Params"/>
    public static KeyValuePair<string, string>[] ExperimentTags(IReadOnlyDictionary<string, string> tags) => Entries("tag", tags, MaxExperimentTagValue);

    /// <summary>Returns the number to store. MLflow stores infinities as the largest numbers, and NaN as 0 with a flag.</summary>
    public static double StoredValue(double value) => value switch
    {
        double.NaN => 0,
        double.PositiveInfinity => double.MaxValue,
        double.NegativeInfinity => double.MinValue,
        _ => value,
    };

    /// <summary>Returns MLflow's name of a status.</summary>
    public static string Name(RunStatus status) => status switch
    {
        RunStatus.Finished => "FINISHED",
        RunStatus.Failed => "FAILED",
        RunStatus.Killed => "KILLED",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    private static bool IsAllowed(Rune rune) => Rune.IsLetterOrDigit(rune) || (rune.IsAscii && "_-.: /".Contains((char)rune.Value, StringComparison.Ordinal));

    private static bool IsClean(string key, int longest)
    {
        if (key.Length == 0 || key.Length > longest) return false;
        // Fast path without allocations: plain ASCII without slashes or dots.
        bool plain = true;
        foreach (char c in key)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')) plain = false;
        }
        if (plain) return true;
        try
        {
            CheckKey("", key);
            return true;
        }
        catch (TrackingException)
        {
            return false;
        }
    }

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
        // Half of a surrogate pair is not valid text. SQLite and JSON would not preserve it.
        return value[..(char.IsHighSurrogate(value[longest - 1]) ? longest - 1 : longest)];
    }
}

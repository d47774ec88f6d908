using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Directories;

/// <summary>A key whose value differs between two configs.</summary>
/// <param name="Key">The dotted key.</param>
/// <param name="Old">The old value, or "(none)".</param>
/// <param name="New">The new value, or "(none)".</param>
/// <param name="CanChangeResults">Whether the key is part of the fingerprint.</param>
internal sealed record ConfigChange(string Key, string Old, string New, bool CanChangeResults)
{
    private const string None = "(none)";

    /// <summary>Returns the differences between two configs, ordered by key.</summary>
    /// <param name="old">The old resolved TOML.</param>
    /// <param name="now">The new resolved TOML.</param>
    /// <param name="components">Plugins, which say which of their keys can change results.</param>
    public static IReadOnlyList<ConfigChange> Between(string old, string now, IReadOnlyList<ComponentDescriptor> components)
    {
        (Dictionary<string, string> oldValues, HashSet<string>? oldRelevant) = Read(old, components);
        (Dictionary<string, string> newValues, HashSet<string>? newRelevant) = Read(now, components);
        return [.. oldValues.Keys.Union(newValues.Keys)
            .Where(key => oldValues.GetValueOrDefault(key) != newValues.GetValueOrDefault(key))
            .Order(StringComparer.Ordinal)
            .Select(key => new ConfigChange(
                key, oldValues.GetValueOrDefault(key, None), newValues.GetValueOrDefault(key, None),
                oldRelevant is null || newRelevant is null || oldRelevant.Contains(key) || newRelevant.Contains(key)))];
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Key}: {Old} -> {New}";

    private static (Dictionary<string, string> Values, HashSet<string>? Relevant) Read(string toml, IReadOnlyList<ComponentDescriptor> components)
    {
        if (TomlReader.Read(toml, "experiment.toml", _ => { }) is not { } table) return ([], null);
        Dictionary<string, string> values = TomlText.Flatten(table).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
        // If a plugin is no longer installed, all of its keys are assumed to change results.
        bool isKnown = Plugins(table).All(name => components.Any(component => component.Name == name));
        return (values, isKnown ? [.. TomlText.Flatten(ConfigFingerprint.Relevant(table, ExperimentConfig.Schema, components)).Select(entry => entry.Key)] : null);
    }

    private static IEnumerable<string?> Plugins(ConfigTable table) => table.Entries.SelectMany(entry => entry.Value switch
    {
        ConfigTable below => Plugins(below),
        ConfigScalar { Value: string name } when entry.Key == "plugin" => [name],
        _ => [],
    });
}

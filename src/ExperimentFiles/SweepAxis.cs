using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Keys that a sweep varies together: one key of the grid, the keys of a zip or of a random search, or the tables of the explicit list.</summary>
/// <param name="Keys">The keys; empty for the explicit list.</param>
/// <param name="Choices">The values; at least one.</param>
public sealed record SweepAxis(IReadOnlyList<SweepKey> Keys, IReadOnlyList<SweepChoice> Choices)
{
    /// <summary>Creates an axis whose choices have one value per key.</summary>
    public static SweepAxis Of(IReadOnlyList<SweepKey> keys, IEnumerable<IReadOnlyList<ConfigNode>> rows) => new(keys, [.. rows.Select(row =>
        new SweepChoice(Label([.. keys.Zip(row, (key, value) => new KeyValuePair<string, string>(key.Name, TomlText.Value(value)))]), row, null))]);

    /// <summary>Creates the axis of the explicit list.</summary>
    public static SweepAxis Of(IEnumerable<ConfigTable> tables) => new([], [.. tables.Select(table =>
        new SweepChoice(Label([.. TomlText.Flatten(table)]), [], table))]);

    // Keys that give the place of results in a table are left out of labels, unless there are no others.
    private static string Label(KeyValuePair<string, string>[] keys)
    {
        KeyValuePair<string, string>[] telling = [.. keys.Where(pair => !pair.Key.StartsWith("report.", StringComparison.Ordinal))];
        return string.Join(", ", (telling.Length > 0 ? telling : keys).Select(pair => $"{pair.Key}={pair.Value}"));
    }
}

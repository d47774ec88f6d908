using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Reports.Tables;

/// <summary>Identifies replicates: runs that differ only in keys named "seed" are replicates of each other.</summary>
/// <param name="Family">Every key on which the result of the start depends, without seeds.</param>
/// <param name="Seeds">The seeds.</param>
/// <param name="Pair">The seeds without those of pre-training, with which runs of two rows are paired.</param>
internal sealed record Replicate(IReadOnlyDictionary<string, string> Family, string Seeds, string Pair)
{
    private const string Seed = "seed", Scratch = "scratch", Pretraining = "pretrain.", Starts = "finetune.init";
    private static readonly string[] Ignored = [.. IgnoredKeys(ExperimentConfig.Schema, "")];

    /// <summary>Returns the replicate of one start of an experiment.</summary>
    public static Replicate Of(ConfigTable config, string start)
    {
        // Training from scratch does not depend on pre-training.
        KeyValuePair<string, string>[] keys = [.. TomlText.Flatten(config)
            .Where(pair => pair.Key != Starts && !Ignored.Any(ignored => pair.Key == ignored || pair.Key.StartsWith(ignored + ".", StringComparison.Ordinal)))
            .Where(pair => start != Scratch || !pair.Key.StartsWith(Pretraining, StringComparison.Ordinal))
            .OrderBy(pair => pair.Key, StringComparer.Ordinal)];
        KeyValuePair<string, string>[] seeds = [.. keys.Where(pair => pair.Key.Split('.')[^1] == Seed)];
        return new Replicate(
            keys.Except(seeds).ToDictionary(pair => pair.Key, pair => pair.Value), Join(seeds),
            Join(seeds.Where(pair => !pair.Key.StartsWith(Pretraining, StringComparison.Ordinal))));
    }

    /// <summary>The family as one text.</summary>
    public string FamilyKey => Join(Family);

    /// <summary>Returns the keys in which families differ.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyCollection<Replicate> replicates) =>
        [.. replicates.SelectMany(one => one.Family.Keys).Distinct().Where(key => replicates.Select(one => one.Family.GetValueOrDefault(key)).Distinct().Count() > 1).Order(StringComparer.Ordinal)];

    private static string Join(IEnumerable<KeyValuePair<string, string>> pairs) => string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}"));

    private static IEnumerable<string> IgnoredKeys(SectionSchema schema, string prefix) => schema.Keys.SelectMany(key =>
        key.IgnoredByFingerprint ? [prefix + key.Name] : key.Section is { } section && !key.IsDictionary ? IgnoredKeys(section, $"{prefix}{key.Name}.") : []);
}

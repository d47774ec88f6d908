using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.ExperimentFiles;

/// <summary>Reads <c>[sweep.random]</c>: <c>budget</c> combinations drawn from distributions of keys. The same table gives the same combinations on every machine.</summary>
internal sealed class RandomSearch(Action<ConfigDiagnostic> report)
{
    private const string Budget = "budget", Seed = "sampling_seed", Choice = "choice", Uniform = "uniform", LogUniform = "log_uniform", IntUniform = "int_uniform";
    private static readonly string[] Distributions = [Choice, Uniform, LogUniform, IntUniform];
    private bool failed;

    /// <summary>Draws the combinations as an axis; null if an error was reported.</summary>
    public SweepAxis? Read(ConfigTable table)
    {
        long budget = Whole(table, Budget, 1, SweepExpander.MostPoints, null), seed = Whole(table, Seed, 0, int.MaxValue, 0);
        var rest = new ConfigTable([.. table.Entries.Where(entry => entry.Key is not (Budget or Seed))], table.Source);
        (SweepKey Key, string Kind, ConfigArray Bounds)[] keys = [.. Keys(rest, [])];
        if (keys.Length == 0 && !failed) Report($"[sweep.random] varies nothing; give a key one of {string.Join(", ", Distributions)}, such as \"pretrain.optimizer.lr\" = {{ log_uniform = [1e-5, 1e-3] }}", table.Source);
        if (failed) return null;
        var random = new SplitMix64((ulong)seed);
        return SweepAxis.Of([.. keys.Select(key => key.Key)], [.. Enumerable.Range(0, (int)budget).Select(_ =>
            (IReadOnlyList<ConfigNode>)[.. keys.Select(key => Draw(key.Kind, key.Bounds, ref random))])]);
    }

    private long Whole(ConfigTable table, string name, long low, long high, long? otherwise)
    {
        ConfigNode? node = table.Find(name);
        if (node is null && otherwise is { } value) return value;
        if (node is ConfigScalar { Value: long number } && number >= low && number <= high) return number;
        Report($"'{name}' of [sweep.random] must be a whole number, {low} to {high.ToString(CultureInfo.InvariantCulture)}", (node ?? table).Source);
        return low;
    }

    private IEnumerable<(SweepKey Key, string Kind, ConfigArray Bounds)> Keys(ConfigTable table, string[] prefix)
    {
        foreach (ConfigEntry entry in table.Entries)
        {
            string[] path = [.. prefix, .. entry.Key.Split('.')];
            if (entry.Value is ConfigTable nested && !nested.Entries.Any(inner => Distributions.Contains(inner.Key)))
            {
                foreach ((SweepKey, string, ConfigArray) found in Keys(nested, path)) yield return found;
                continue;
            }
            if (entry.Value is ConfigTable { Entries.Count: 1 } one && one.Entries[0] is { Value: ConfigArray bounds } distribution && IsRight(distribution.Key, bounds))
                yield return (new SweepKey(path, entry.KeySource), distribution.Key, bounds);
            else Report($"'{NearestName.Shorten(string.Join(".", path))}' of [sweep.random] must be one of {{ choice = [values] }}, {{ uniform = [low, high] }}, {{ log_uniform = [low, high] }} with 0 < low, {{ int_uniform = [low, high] }}, low < high", entry.Value.Source);
        }
    }

    private static bool IsRight(string kind, ConfigArray bounds)
    {
        if (kind == Choice) return bounds.Items.Count > 0;
        if (bounds.Items.Count != 2 || !bounds.Items.All(item => item is ConfigScalar { Value: long or double })) return false;
        if (kind == IntUniform && !bounds.Items.All(item => item is ConfigScalar { Value: long })) return false;
        (double low, double high) = (Number(bounds, 0), Number(bounds, 1));
        return low < high && !double.IsInfinity(high - low) && (kind != LogUniform || low > 0);
    }

    private static ConfigScalar Draw(string kind, ConfigArray bounds, ref SplitMix64 random)
    {
        double part = random.NextDouble();
        if (kind == Choice && bounds.Items[(int)(part * bounds.Items.Count)] is ConfigScalar scalar) return scalar;
        (double low, double high) = (Number(bounds, 0), Number(bounds, 1));
        return new ConfigScalar(kind switch
        {
            IntUniform => (object)(long)Math.Floor(low + (part * (high - low + 1))),
            LogUniform => Short(Math.Exp(Math.Log(low) + (part * (Math.Log(high) - Math.Log(low))))),
            _ => Short(low + (part * (high - low))),
        }, bounds.Source);
    }

    // Values are rounded to four digits to be readable; that is enough for a search.
    private static double Short(double value) => double.Parse(value.ToString("G4", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static double Number(ConfigArray bounds, int index) => Convert.ToDouble(((ConfigScalar)bounds.Items[index]).Value, CultureInfo.InvariantCulture);

    private void Report(string message, SourceSpan source)
    {
        failed = true;
        report(new ConfigDiagnostic("HEM048", true, message, source));
    }
}

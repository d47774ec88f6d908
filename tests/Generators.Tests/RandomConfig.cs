using CsCheck;
using HiEndMae.Configuration;

namespace HiEndMae.Generators.Tests;

/// <summary>Random tables that fit a schema: types and ranges right, everything else arbitrary.</summary>
internal sealed class RandomConfig(IReadOnlyList<ComponentSchema> components)
{
    private static readonly Gen<string> Words = Gen.Char.Array[0, 12].Select(letters => new string([.. letters.Where(letter => !char.IsSurrogate(letter) && letter != '\uFFFD' && letter != '\0')]));

    /// <summary>A table with every required key and any of the others.</summary>
    public Gen<ConfigTable> Table(SectionSchema schema, string? plugin = null)
    {
        KeySchema? inline = schema.Keys.FirstOrDefault(key => key.Inline);
        if (inline is not null) return Component(inline.Slot!.Value).SelectMany(component => Entries(schema.Keys.Where(key => !key.Inline)).Select(own => new ConfigTable([.. component.Entries, .. own], default)));
        return Entries(schema.Keys).Select(entries => new ConfigTable(plugin is null ? entries : [new(ConfigTable.PluginKey, new ConfigScalar(plugin, default), default), .. entries], default));
    }

    private Gen<ConfigTable> Component(Slot slot)
    {
        ComponentSchema[] fitting = [.. components.Where(component => component.Slot == slot)];
        return Gen.Int[0, fitting.Length - 1].SelectMany(index => Table(fitting[index].Schema, fitting[index].Name));
    }

    private Gen<ConfigEntry[]> Entries(IEnumerable<KeySchema> keys)
    {
        Gen<ConfigEntry[]> all = Gen.Const(Array.Empty<ConfigEntry>());
        foreach (KeySchema key in keys)
        {
            all = Gen.Select(all, Gen.Bool, Value(key), (entries, said, value) => said || key.Required ? [.. entries, new ConfigEntry(key.Name, value, default)] : entries);
        }
        return all;
    }

    private Gen<ConfigNode> Value(KeySchema key)
    {
        if (key.IsArray) return One(key).Array[key.NotEmpty ? 1 : 0, 4].Select(items => (ConfigNode)new ConfigArray(items, default));
        if (!key.IsDictionary) return One(key);
        return Gen.Select(Gen.String.AlphaNumeric.Array[0, 3], One(key).Array[3], (names, values) => (ConfigNode)new ConfigTable(
            [.. names.Distinct().Select((name, i) => new ConfigEntry(name, values[i], default))], default));
    }

    private Gen<ConfigNode> One(KeySchema key) => key.Kind switch
    {
        ValueKind.Int => Scalar(Gen.Int[(int)(key.Minimum ?? int.MinValue), (int)(key.Maximum ?? int.MaxValue)].Select(number => (long)number)),
        ValueKind.Long => Scalar(Gen.Long),
        ValueKind.Float => Scalar(Gen.Float.Where(float.IsFinite).Select(number => double.Parse(number.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture))),
        ValueKind.Double => Scalar(Real(key)),
        ValueKind.Bool => Scalar(Gen.Bool),
        ValueKind.Size3 => Three(Scalar(Gen.Int[(int)(key.Minimum ?? 1), (int)(key.Maximum ?? 512)].Select(number => (long)number))),
        ValueKind.Spacing3 => Three(Scalar(Real(key))),
        ValueKind.Duration => Scalar(Gen.Int[0, 1_000_000_000].Select(number => $"{number}ms")),
        ValueKind.ByteSize => Scalar(Gen.Long[0, 1L << 50].Select(number => $"{number}B")),
        ValueKind.Section => Table(key.Section!).Select(table => (ConfigNode)table),
        ValueKind.Component => Component(key.Slot!.Value).Select(table => (ConfigNode)table),
        _ when key.Values is { Count: > 0 } values => Scalar(Gen.Int[0, values.Count - 1].Select(index => values[index])),
        _ when key.IsPath => Scalar(Gen.String.AlphaNumeric.Select(name => Path.Combine(Path.GetTempPath(), name + "x"))),
        _ => Scalar(Words),
    };

    private static Gen<double> Real(KeySchema key) => key.Minimum is { } low ? Gen.Double[low, key.Maximum ?? double.MaxValue] : Gen.Double.Where(double.IsFinite);

    private static Gen<ConfigNode> Scalar<T>(Gen<T> values)
        where T : notnull => values.Select(value => (ConfigNode)new ConfigScalar(value, default));

    private static Gen<ConfigNode> Three(Gen<ConfigNode> one) => Gen.OneOf(one, one.Array[3].Select(items => (ConfigNode)new ConfigArray(items, default)));

    /// <summary>Whether a table says everything that another says, in the other's values; a single number of a size stands for three.</summary>
    public static bool Holds(ConfigNode whole, ConfigNode said) => (whole, said) switch
    {
        (ConfigTable all, ConfigTable some) => some.Entries.All(entry => all.Find(entry.Key) is { } value && Holds(value, entry.Value)),
        (ConfigArray all, ConfigArray some) => all.Items.Count == some.Items.Count && all.Items.Zip(some.Items).All(pair => Holds(pair.First, pair.Second)),
        (ConfigArray all, ConfigScalar one) => all.Items.All(item => Holds(item, one)),
        (ConfigScalar a, ConfigScalar b) => Same(a.Value, b.Value),
        _ => false,
    };

    private static bool Same(object written, object said) => (written, said) switch
    {
        (string a, string b) when ConfigDuration.TryParse(a, out TimeSpan time) && ConfigDuration.TryParse(b, out TimeSpan other) => time == other,
        (string a, string b) when ByteSize.TryParse(a, out ByteSize size) && ByteSize.TryParse(b, out ByteSize other) => size == other,
        _ => Equals(written, said),
    };
}

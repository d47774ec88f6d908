using HiEndMae.Imaging;

namespace HiEndMae.Configuration;

/// <summary>Writes values into a tree. Called by generated code.</summary>
public static class ConfigWriter
{
    /// <summary>A whole number.</summary>
    public static ConfigNode Long(long value) => new ConfigScalar(value, default);

    /// <summary>A number.</summary>
    public static ConfigNode Double(double value) => new ConfigScalar(value, default);

    /// <summary>A single-precision number, as the shortest text that reads back as the same number.</summary>
    public static ConfigNode Float(float value) => new ConfigScalar(
        double.Parse(value.ToString("R", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture), default);

    /// <summary>true or false.</summary>
    public static ConfigNode Bool(bool value) => new ConfigScalar(value, default);

    /// <summary>Text.</summary>
    public static ConfigNode String(string value) => new ConfigScalar(value, default);

    /// <summary>A length of time.</summary>
    public static ConfigNode Duration(TimeSpan value) => new ConfigScalar(ConfigDuration.ToText(value), default);

    /// <summary>An amount of memory.</summary>
    public static ConfigNode ByteSize(ByteSize value) => new ConfigScalar(value.ToString(), default);

    /// <summary>Three counts.</summary>
    public static ConfigNode Size3(Size3 value) => List([value.X, value.Y, value.Z], edge => Long(edge));

    /// <summary>Three spacings.</summary>
    public static ConfigNode Spacing3(Spacing3 value) => List([value.X, value.Y, value.Z], Double);

    /// <summary>A list.</summary>
    public static ConfigNode List<T>(IEnumerable<T> items, Func<T, ConfigNode> write) => new ConfigArray([.. items.Select(write)], default);

    /// <summary>A table of named values.</summary>
    public static ConfigNode Dictionary<T>(IEnumerable<KeyValuePair<string, T>> entries, Func<T, ConfigNode> write) =>
        new ConfigTable([.. entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new ConfigEntry(entry.Key, write(entry.Value), default))], default);
}

using System.Globalization;
using HiEndMae.Imaging;

namespace HiEndMae.Configuration;

/// <summary>Reads values from a tree in which <see cref="ConfigChecker"/> found no error. Called by generated code.</summary>
public static class ConfigReader
{
    /// <summary>A 32-bit integer.</summary>
    public static int Int(ConfigNode node, BindContext context) => checked((int)Long(node, context));

    /// <summary>A 64-bit integer.</summary>
    public static long Long(ConfigNode node, BindContext context) => (long)Scalar(node);

    /// <summary>A single-precision number.</summary>
    public static float Float(ConfigNode node, BindContext context) => (float)Double(node, context);

    /// <summary>A number.</summary>
    public static double Double(ConfigNode node, BindContext context) => Convert.ToDouble(Scalar(node), CultureInfo.InvariantCulture);

    /// <summary>true or false.</summary>
    public static bool Bool(ConfigNode node, BindContext context) => (bool)Scalar(node);

    /// <summary>Text.</summary>
    public static string String(ConfigNode node, BindContext context) => (string)Scalar(node);

    /// <summary>An absolute path, or one of the keywords that are not paths.</summary>
    public static string Path(ConfigNode node, BindContext context, params string[] keywords)
    {
        string text = String(node, context);
        return ConfigPath.IsKeyword(text, keywords) ? text : ConfigPath.Resolve(text, node.Source, context.GetEnvironmentVariable);
    }

    /// <summary>A length of time.</summary>
    public static TimeSpan Duration(ConfigNode node, BindContext context) =>
        ConfigDuration.TryParse(String(node, context), out TimeSpan duration) ? duration : throw new InvalidOperationException("The duration was not checked before it was read.");

    /// <summary>An amount of memory.</summary>
    public static ByteSize ByteSize(ConfigNode node, BindContext context) =>
        Configuration.ByteSize.TryParse(String(node, context), out ByteSize size) ? size : throw new InvalidOperationException("The amount of memory was not checked before it was read.");

    /// <summary>One count, or three.</summary>
    public static Size3 Size3(ConfigNode node, BindContext context) => node is ConfigArray array
        ? new Size3(Int(array.Items[0], context), Int(array.Items[1], context), Int(array.Items[2], context))
        : Imaging.Size3.Cube(Int(node, context));

    /// <summary>One spacing, or three.</summary>
    public static Spacing3 Spacing3(ConfigNode node, BindContext context) => node is ConfigArray array
        ? new Spacing3(Double(array.Items[0], context), Double(array.Items[1], context), Double(array.Items[2], context))
        : Imaging.Spacing3.Isotropic(Double(node, context));

    /// <summary>A component's config, read by the component that <c>plugin</c> names.</summary>
    public static IComponentConfig Component(ConfigNode node, BindContext context, Slot slot)
    {
        ArgumentNullException.ThrowIfNull(context);
        var table = (ConfigTable)node;
        ComponentDescriptor component = context.Components.Find(slot, table.PluginName)!;
        return component.Read(table, context);
    }

    /// <summary>A list.</summary>
    public static IReadOnlyList<T> List<T>(ConfigNode node, Func<ConfigNode, T> read) => [.. ((ConfigArray)node).Items.Select(read)];

    /// <summary>A table of named values.</summary>
    public static IReadOnlyDictionary<string, T> Dictionary<T>(ConfigNode node, Func<ConfigNode, T> read) =>
        ((ConfigTable)node).Entries.ToDictionary(entry => entry.Key, entry => read(entry.Value), StringComparer.Ordinal);

    private static object Scalar(ConfigNode node) => ((ConfigScalar)node).Value;
}

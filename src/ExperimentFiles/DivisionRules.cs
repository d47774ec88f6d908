using System.Globalization;
using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks keys of a component that must divide values elsewhere in the experiment, as the patch size of an encoder must divide the crops.</summary>
internal static class DivisionRules
{
    /// <summary>Reports every value that is not a multiple.</summary>
    public static void Check(ConfigTable tree, SectionSchema schema, CheckContext context)
    {
        foreach (KeySchema slot in schema.Keys.Where(key => key.Kind == ValueKind.Component && !key.IsArray && !key.IsDictionary))
        {
            if (tree.Find(slot.Name) is not ConfigTable component || context.Components.Find(slot.Slot!.Value, component.PluginName) is not { } found) continue;
            foreach (KeySchema key in found.Schema.Keys)
            {
                foreach (string target in key.Divides) Check(key, component, slot.Name, target.Split('.'), tree, schema, context);
            }
        }
    }

    private static void Check(KeySchema key, ConfigTable component, string slot, string[] target, ConfigTable tree, SectionSchema schema, CheckContext context)
    {
        string[] folder = [.. target.Take(target.Length - 1)];
        string name = target[target.Length - 1];
        if (ConfigTree.Find(tree, folder) is not ConfigTable table || SchemaAt(schema, folder)?.Keys.FirstOrDefault(one => one.Name == name) is not { } targetKey) return;
        ConfigNode? node = table.Find(name), unitNode = component.Find(key.Name);
        if (context.IsPart && (node is null || unitNode is null)) return;
        double[] values = Numbers(node, targetKey), units = Numbers(unitNode, key);
        for (int i = 0; i < Math.Max(values.Length, units.Length) && values.Length > 0 && units.Length > 0; i++)
        {
            double value = values[Math.Min(i, values.Length - 1)], unit = units[Math.Min(i, units.Length - 1)];
            if (!(unit > 0) || double.IsNaN(value) || value % unit == 0) continue;
            SourceSpan source = (node is ConfigArray { Items.Count: 3 } sizes ? sizes.Items[i] : node ?? unitNode ?? table).Source;
            string message = string.Format(
                CultureInfo.InvariantCulture, "'{0}' in [{1}] is {2}, which is not a multiple of '{3}' in [{4}] ({5}); nearest: {6}",
                name, string.Join(".", folder), value, key.Name, slot, unit, ConfigChecker.NearestMultiples(value, unit));
            context.Report(new ConfigDiagnostic("HEM023", true, message, source));
            return;
        }
    }

    private static SectionSchema? SchemaAt(SectionSchema? schema, string[] path)
    {
        foreach (string name in path) schema = schema?.Keys.FirstOrDefault(key => key.Name == name)?.Section;
        return schema;
    }

    // One or three numbers. A value of another kind was reported elsewhere.
    private static double[] Numbers(ConfigNode? node, KeySchema key) => node switch
    {
        ConfigScalar { Value: long number } => [number],
        ConfigArray { Items.Count: 3 } array => [.. array.Items.Select(item => item is ConfigScalar { Value: long number } ? number : double.NaN)],
        null when key.Default is { } text => [.. text.Trim('[', ']').Split(',').Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : double.NaN)],
        _ => [],
    };
}

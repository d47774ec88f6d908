using System.Security.Cryptography;
using System.Text;

namespace HiEndMae.Configuration;

/// <summary>Identifies what a config computes: two files that give the same results have the same fingerprint.</summary>
public static class ConfigFingerprint
{
    /// <summary>Returns the SHA-256 of the canonical TOML without the keys that cannot change a result, in lower-case hexadecimal.</summary>
    public static string Of(ConfigTable table, SectionSchema schema, IReadOnlyList<ComponentDescriptor> components)
    {
        string text = TomlText.Document(Relevant(table, schema, components));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Returns the config without the keys that cannot change a result.</summary>
    public static ConfigTable Relevant(ConfigTable table, SectionSchema schema, IReadOnlyList<ComponentDescriptor> components) => Prune(table, schema, components);

    private static ConfigTable Prune(ConfigTable table, SectionSchema schema, IReadOnlyList<ComponentDescriptor> components)
    {
        Slot? inline = schema.Keys.FirstOrDefault(key => key.Inline)?.Slot;
        IEnumerable<KeySchema> keys = inline is null ? schema.Keys : schema.Keys.Concat(components.Find(inline.Value, table.PluginName)!.Schema.Keys);
        var byName = keys.Where(key => !key.Inline).ToDictionary(key => key.Name, StringComparer.Ordinal);
        var kept = new List<ConfigEntry>();
        foreach (ConfigEntry entry in table.Entries)
        {
            KeySchema? key = byName.GetValueOrDefault(entry.Key);
            if (key is { IgnoredByFingerprint: true }) continue;
            SectionSchema? below = key?.Kind switch
            {
                ValueKind.Section => key.Section,
                ValueKind.Component when entry.Value is ConfigTable component => components.Find(key.Slot!.Value, component.PluginName)!.Schema,
                _ => null,
            };
            kept.Add(below is not null && entry.Value is ConfigTable nested && !key!.IsDictionary
                ? entry with { Value = Prune(nested, below, components) }
                : entry);
        }
        // In one order, so that the place of a key in a record does not matter.
        return table with { Entries = [.. kept.OrderBy(entry => entry.Key, StringComparer.Ordinal)] };
    }
}

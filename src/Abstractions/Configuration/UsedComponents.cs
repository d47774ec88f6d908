namespace HiEndMae.Configuration;

/// <summary>The components that a config names, at every depth.</summary>
public static class UsedComponents
{
    /// <summary>Walks a table along its schema.</summary>
    /// <param name="table">A checked table.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="components">What <c>plugin</c> keys may name.</param>
    /// <returns>Each component once.</returns>
    public static IReadOnlyList<ComponentDescriptor> Of(ConfigTable table, SectionSchema schema, IReadOnlyList<ComponentDescriptor> components)
    {
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(components);
        var found = new List<ComponentDescriptor>();
        Walk(table, schema);
        return [.. found.Distinct()];

        static IEnumerable<ConfigTable> Tables(ConfigNode? node, bool isDictionary) => node switch
        {
            ConfigTable table when isDictionary => table.Entries.Select(entry => entry.Value).OfType<ConfigTable>(),
            ConfigTable table => [table],
            ConfigArray list => list.Items.OfType<ConfigTable>(),
            _ => [],
        };

        void Enter(ConfigTable at, KeySchema key)
        {
            if (key.Kind == ValueKind.Section) Walk(at, key.Section!);
            else if (key.Kind == ValueKind.Component && components.Find(key.Slot!.Value, at.PluginName) is { } component)
            {
                found.Add(component);
                Walk(at, component.Schema);
            }
        }

        void Walk(ConfigTable at, SectionSchema of)
        {
            IEnumerable<KeySchema> keys = of.Keys;
            if (of.Keys.FirstOrDefault(key => key.Inline)?.Slot is { } inline && components.Find(inline, at.PluginName) is { } component)
            {
                found.Add(component);
                keys = keys.Concat(component.Schema.Keys);
            }
            foreach (KeySchema key in keys.Where(key => !key.Inline))
            {
                foreach (ConfigTable below in Tables(at.Find(key.Name), key.IsDictionary)) Enter(below, key);
            }
        }
    }
}

namespace HiEndMae.Configuration;

/// <summary>Calls <see cref="IConfigSection.Check"/> of records inside a record. Called by generated code.</summary>
public static class SectionCheck
{
    /// <summary>Checks the record at a key, unless it is null.</summary>
    public static void One(IConfigSection? section, ConfigTable table, string key, string title, Action<ConfigDiagnostic> report)
    {
        ArgumentNullException.ThrowIfNull(table);
        section?.Check(TableOf(table.Find(key), table), ConfigChecker.Nested(title, key), report);
    }

    /// <summary>Checks each record of the list at a key.</summary>
    public static void List(IEnumerable<IConfigSection>? sections, ConfigTable table, string key, string title, Action<ConfigDiagnostic> report)
    {
        ArgumentNullException.ThrowIfNull(table);
        var items = table.Find(key) as ConfigArray;
        int index = 0;
        foreach (IConfigSection section in sections ?? [])
        {
            section.Check(TableOf(index < items?.Items.Count ? items.Items[index] : null, table), ConfigChecker.Nested(title, key), report);
            index++;
        }
    }

    /// <summary>Checks each record of the table of tables at a key.</summary>
    public static void Dictionary<T>(IEnumerable<KeyValuePair<string, T>>? sections, ConfigTable table, string key, string title, Action<ConfigDiagnostic> report)
        where T : IConfigSection
    {
        ArgumentNullException.ThrowIfNull(table);
        var tables = table.Find(key) as ConfigTable;
        foreach ((string name, T section) in sections ?? [])
            section.Check(TableOf(tables?.Find(name), table), ConfigChecker.Nested(ConfigChecker.Nested(title, key), name), report);
    }

    // Errors of a record that has no table of its own are reported at the surrounding table.
    private static ConfigTable TableOf(ConfigNode? node, ConfigTable around) => node as ConfigTable ?? new ConfigTable([], around.Source);
}

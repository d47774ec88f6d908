namespace HiEndMae.Configuration;

/// <summary>Where a record's own checks say what is wrong: <c>partial void Check(KeyReport report)</c> in the record, called once every other check has passed.</summary>
/// <param name="table">The table that the record was read from.</param>
/// <param name="schema">The record's schema.</param>
/// <param name="title">The table's name in messages.</param>
/// <param name="report">Takes each error and warning.</param>
public sealed class KeyReport(ConfigTable table, SectionSchema schema, string title, Action<ConfigDiagnostic> report)
{
    /// <summary>An error, at the key that it blames.</summary>
    /// <param name="property">Name of the property, by nameof.</param>
    /// <param name="message">What is wrong; what is allowed.</param>
    /// <exception cref="ArgumentException">The record has no such property.</exception>
    public void Error(string property, string message) => Report("HEM019", true, property, message);

    /// <summary>A warning, such as an option without effect, at the key that it blames.</summary>
    /// <param name="property">Name of the property, by nameof.</param>
    /// <param name="message">What has no effect, and why.</param>
    /// <exception cref="ArgumentException">The record has no such property.</exception>
    public void Warning(string property, string message) => Report("HEM046", false, property, message);

    private void Report(string id, bool isError, string property, string message)
    {
        KeySchema key = schema.Keys.FirstOrDefault(key => key.Property == property)
            ?? throw new ArgumentException($"{schema.Name} has no property '{property}'.", nameof(property));
        report(new ConfigDiagnostic(id, isError, $"'{key.Name}' in {title}: {message}", (table.Find(key.Name) ?? table).Source));
    }
}

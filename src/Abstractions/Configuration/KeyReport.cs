namespace HiEndMae.Configuration;

/// <summary>Receives the errors of a record's own checks: <c>partial void Check(KeyReport report)</c> in the record, called after every other check has passed.</summary>
/// <param name="table">The table that the record was read from.</param>
/// <param name="schema">The record's schema.</param>
/// <param name="title">The table's name in messages.</param>
/// <param name="report">Receives each error and warning.</param>
public sealed class KeyReport(ConfigTable table, SectionSchema schema, string title, Action<ConfigDiagnostic> report)
{
    /// <summary>Reports an error at a key.</summary>
    /// <param name="property">Name of the property, given by nameof.</param>
    /// <param name="message">What is wrong, and what is allowed.</param>
    /// <exception cref="ArgumentException">The record has no such property.</exception>
    public void Error(string property, string message) => Report("HEM019", true, property, message);

    /// <summary>Reports a warning at a key, such as an option without effect.</summary>
    /// <param name="property">Name of the property, given by nameof.</param>
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

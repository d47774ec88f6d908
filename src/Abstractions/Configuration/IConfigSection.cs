namespace HiEndMae.Configuration;

/// <summary>A bound table. The generator implements it for every <see cref="ConfigSectionAttribute"/> and <see cref="ComponentAttribute"/> record.</summary>
public interface IConfigSection
{
    /// <summary>The record as a table again: every key, in declaration order, defaults included, nulls left out.</summary>
    ConfigTable ToTable();

    /// <summary>Runs the record's own checks, <c>partial void Check(KeyReport report)</c>, and those of every record in it.</summary>
    /// <param name="table">The table that it was read from, for places.</param>
    /// <param name="title">The table's name in messages.</param>
    /// <param name="report">Takes each error and warning.</param>
    void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report);
}

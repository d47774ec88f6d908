namespace HiEndMae.Configuration;

/// <summary>A config record that was read from a table. The generator implements it for every record with <see cref="ConfigSectionAttribute"/> or <see cref="ComponentAttribute"/>.</summary>
public interface IConfigSection
{
    /// <summary>Converts the record back to a table with every key in declaration order, including defaults and without nulls.</summary>
    ConfigTable ToTable();

    /// <summary>Runs the record's own checks, <c>partial void Check(KeyReport report)</c>, and those of every record in it.</summary>
    /// <param name="table">The table that the record was read from; it gives the positions of errors.</param>
    /// <param name="title">The table's name in messages.</param>
    /// <param name="report">Receives each error and warning.</param>
    void Check(ConfigTable table, string title, Action<ConfigDiagnostic> report);
}

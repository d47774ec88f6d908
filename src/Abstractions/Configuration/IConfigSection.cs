namespace HiEndMae.Configuration;

/// <summary>A bound table. The generator implements it for every <see cref="ConfigSectionAttribute"/> and <see cref="ComponentAttribute"/> record.</summary>
public interface IConfigSection
{
    /// <summary>The record as a table again: every key, in declaration order, defaults included, nulls left out.</summary>
    ConfigTable ToTable();
}

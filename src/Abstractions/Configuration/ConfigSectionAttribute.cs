namespace HiEndMae;

/// <summary>Marks a record as a table of a config. The generator completes the record.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConfigSectionAttribute : Attribute
{
    /// <summary>Whether the record is the root table of an experiment file.</summary>
    public bool IsExperiment { get; init; }
}

namespace HiEndMae;

/// <summary>Marks a record as a table of a config; the generator completes it.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConfigSectionAttribute : Attribute
{
    /// <summary>Whether the record is a whole experiment: what an experiment file must be.</summary>
    public bool IsExperiment { get; init; }
}

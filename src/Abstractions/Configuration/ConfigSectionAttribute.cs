namespace HiEndMae;

/// <summary>Marks a record as a table of an experiment that is no component.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConfigSectionAttribute : Attribute;

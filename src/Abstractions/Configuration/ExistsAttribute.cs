namespace HiEndMae;

/// <summary>Requires that the path exists when the run starts.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExistsAttribute : Attribute;

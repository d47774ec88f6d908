namespace HiEndMae;

/// <summary>The path must exist when the run starts.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ExistsAttribute : Attribute;

namespace HiEndMae;

/// <summary>Requires that a text, list or table is not empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute : Attribute;

namespace HiEndMae;

/// <summary>A text, list or table must not be empty.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotEmptyAttribute : Attribute;

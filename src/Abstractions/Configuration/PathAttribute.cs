namespace HiEndMae;

/// <summary>The text (or each text of a list) is a path: relative to the file that says it, <c>${env:NAME}</c> allowed, absolute once bound.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PathAttribute : Attribute;

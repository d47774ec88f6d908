namespace HiEndMae;

/// <summary>The text must be one of these.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    /// <summary>Allowed values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

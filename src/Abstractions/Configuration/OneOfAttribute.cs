namespace HiEndMae;

/// <summary>Requires that the text is one of the given values.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OneOfAttribute(params string[] values) : Attribute
{
    /// <summary>Allowed values.</summary>
    public IReadOnlyList<string> Values { get; } = values;
}

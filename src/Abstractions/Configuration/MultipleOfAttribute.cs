namespace HiEndMae;

/// <summary>The value is a multiple of another key's value, given as the property's name.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MultipleOfAttribute(string other) : Attribute
{
    /// <summary>Name of the other property.</summary>
    public string Other { get; } = other;
}

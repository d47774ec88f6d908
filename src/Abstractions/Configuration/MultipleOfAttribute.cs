namespace HiEndMae;

/// <summary>Requires that the value is a multiple of the value of another property.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class MultipleOfAttribute(string other) : Attribute
{
    /// <summary>Name of the other property.</summary>
    public string Other { get; } = other;
}

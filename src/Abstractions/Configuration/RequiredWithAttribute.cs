namespace HiEndMae;

/// <summary>Requires the key if another key is given.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RequiredWithAttribute(string other) : Attribute
{
    /// <summary>Name of the other property.</summary>
    public string Other { get; } = other;
}

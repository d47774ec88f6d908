namespace HiEndMae;

/// <summary>Marks a record as the config of a plugin component; the class of the slot whose constructor takes the record is found by the generator.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ComponentAttribute(Slot slot, string name) : Attribute
{
    /// <summary>Where the component fits.</summary>
    public Slot Slot { get; } = slot;
    /// <summary>The value of <c>plugin =</c>, in kebab-case.</summary>
    public string Name { get; } = name;
}

namespace HiEndMae;

/// <summary>Marks a record as the config of a plugin component. The generator finds the class of the slot whose constructor takes the record.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ComponentAttribute(Slot slot, string name) : Attribute
{
    /// <summary>The kind of component.</summary>
    public Slot Slot { get; } = slot;
    /// <summary>The value of <c>plugin =</c>, in kebab-case.</summary>
    public string Name { get; } = name;
}

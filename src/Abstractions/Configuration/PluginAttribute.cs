namespace HiEndMae;

/// <summary>Marks a table whose <c>plugin</c> key chooses a component of the slot. The type of the property is <c>IComponentConfig</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PluginAttribute(Slot slot) : Attribute
{
    /// <summary>The kind of component to choose.</summary>
    public Slot Slot { get; } = slot;

    /// <summary>Whether the component's keys are in the surrounding table instead of a table of their own.</summary>
    public bool Inline { get; init; }
}

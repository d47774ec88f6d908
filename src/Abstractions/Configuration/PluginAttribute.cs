namespace HiEndMae;

/// <summary>A table whose <c>plugin</c> key picks a component of the slot; the property's type is IComponentConfig.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PluginAttribute(Slot slot) : Attribute
{
    /// <summary>Which components fit.</summary>
    public Slot Slot { get; } = slot;

    /// <summary>Whether the component's keys stand in the surrounding table itself, not in one of their own.</summary>
    public bool Inline { get; init; }
}

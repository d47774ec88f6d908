namespace HiEndMae;

/// <summary>Components by slot and name.</summary>
public static class ComponentLookup
{
    /// <summary>The component of a slot by name; null where there is none.</summary>
    public static ComponentDescriptor? Find(this IReadOnlyList<ComponentDescriptor> components, Slot slot, string? name) =>
        components.FirstOrDefault(component => component.Slot == slot && component.Name == name);
}

namespace HiEndMae.Configuration;

/// <summary>Finds components by slot and name.</summary>
public static class ComponentLookup
{
    /// <summary>Returns the component of a slot with this name, or null.</summary>
    public static T? Find<T>(this IReadOnlyList<T> components, Slot slot, string? name)
        where T : ComponentSchema
    {
        foreach (T component in components)
        {
            if (component.Slot == slot && component.Name == name) return component;
        }
        return null;
    }
}

namespace HiEndMae.Configuration;

/// <summary>Components by slot and name.</summary>
public static class ComponentLookup
{
    /// <summary>The component of a slot by name; null where there is none.</summary>
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

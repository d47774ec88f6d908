using System.Collections;
using System.Reflection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>Finds modules and parameters in fields that their module has not registered.</summary>
internal static class UnregisteredParts
{
    /// <summary>Names the fields, as TYPE.FIELD.</summary>
    /// <param name="module">The module. Everything that it has registered is searched, too.</param>
    public static IEnumerable<string> Of(nn.Module module)
    {
        nn.Module[] modules = [.. module.modules().Prepend(module).Distinct<nn.Module>(ReferenceEqualityComparer.Instance)];
        var known = new HashSet<object>(modules, ReferenceEqualityComparer.Instance);
        var handles = new HashSet<nint>(module.parameters().Select(parameter => parameter.Handle));
        // Layers of TorchSharp register their own parts, so they are not searched.
        foreach (nn.Module owner in modules.Where(one => one.GetType().Assembly != typeof(nn.Module).Assembly))
        {
            for (Type? type = owner.GetType(); type is not null && type.Assembly != typeof(nn.Module).Assembly; type = type.BaseType)
            {
                foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                {
                    object? value = field.GetValue(owner);
                    IEnumerable<object> parts = value is not (nn.Module or Parameter or Tensor or string) && value is IEnumerable items ? items.Cast<object?>().OfType<object>() : value is null ? [] : [value];
                    if (parts.Any(part => part is nn.Module ? !known.Contains(part) : part is Parameter parameter && !handles.Contains(parameter.Handle))) yield return $"{owner.GetType().Name}.{NameOf(field)}";
                }
            }
        }
    }

    // The field of an automatic property is named after the property.
    private static string NameOf(FieldInfo field) => field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name;
}

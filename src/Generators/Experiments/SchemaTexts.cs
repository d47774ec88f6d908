using Microsoft.CodeAnalysis;

using HiEndMae.Generators.Model;

namespace HiEndMae.Generators.Experiments;

/// <summary>Finds the schemas in the references of a compilation.</summary>
internal static class SchemaTexts
{
    private const string Contract = "HiEndMae.Abstractions";

    public static EquatableArray<string> Of(Compilation compilation, CancellationToken cancel)
    {
        var texts = new List<string>();
        foreach (IAssemblySymbol assembly in compilation.SourceModule.ReferencedAssemblySymbols)
        {
            cancel.ThrowIfCancellationRequested();
            // Decoding attributes is slow, and most references belong to the platform.
            if (!assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == Contract))) continue;
            foreach (AttributeData attribute in assembly.GetAttributes())
            {
                if (attribute.AttributeClass?.ToDisplayString() == "HiEndMae.ConfigSchemasAttribute" && attribute.ConstructorArguments is [{ Value: string text }]) texts.Add(text);
            }
        }
        return new([.. texts.OrderBy(text => text, StringComparer.Ordinal)]);
    }
}

using System.Reflection;
using HiEndMae.Configuration;
using McMaster.NETCore.Plugins;

namespace HiEndMae.Runs.Loading;

/// <summary>Loads plugin assemblies and lists their components.</summary>
internal sealed class PluginCatalog
{
    private PluginCatalog(IReadOnlyList<ComponentDescriptor> components) => Components = components;

    /// <summary>All components.</summary>
    public IReadOnlyList<ComponentDescriptor> Components { get; }

    /// <summary>Loads <c>FOLDER/NAME/NAME.dll</c> for each NAME. Each plugin has a load context of its own that shares contracts and TorchSharp with the program.</summary>
    /// <exception cref="PluginException">There is no plugin, a plugin cannot be loaded, or two components have the same name.</exception>
    public static PluginCatalog Load(string folder)
    {
        string[] files = Directory.Exists(folder)
            ? [.. Directory.GetDirectories(folder).Select(one => Path.Combine(one, Path.GetFileName(one) + ".dll")).Where(File.Exists).Order(StringComparer.Ordinal)]
            : [];
        if (files.Length == 0) throw new PluginException($"There are no plugins in '{folder}'; a plugin is a folder NAME with an assembly NAME.dll.");
        var components = new List<ComponentDescriptor>();
        foreach (string file in files)
        {
            foreach (ComponentDescriptor component in LoadManifest(file))
            {
                if (components.Find(component.Slot, component.Name) is not null)
                    throw new PluginException($"Two plugins offer a {component.Slot.ToString().ToLowerInvariant()} '{component.Name}'; one of them is '{file}'.");
                components.Add(component);
            }
        }
        return new PluginCatalog(components);
    }

    private static IReadOnlyList<ComponentDescriptor> LoadManifest(string file)
    {
        try
        {
            // Sharing the contract assembly also shares the assemblies that it references. Tensors and volumes have one type identity, and the natives belong to the program.
            PluginLoader loader = PluginLoader.CreateFromAssemblyFile(file, sharedTypes: [typeof(IPluginManifest), typeof(TorchSharp.torch), typeof(Imaging.Size3), typeof(TorchRepairs.Recomputed)]);
            PluginManifestAttribute attribute = loader.LoadDefaultAssembly().GetCustomAttribute<PluginManifestAttribute>()
                ?? throw new PluginException($"'{file}' contains no components; build it with the package HiEndMae.Generators.");
            return ((IPluginManifest)Activator.CreateInstance(attribute.Manifest)!).Components;
        }
        catch (Exception error) when (error is BadImageFormatException or FileLoadException or FileNotFoundException or TypeLoadException or MissingMethodException or TargetInvocationException or TypeInitializationException)
        {
            throw new PluginException($"The plugin '{file}' cannot be loaded: {(error.InnerException ?? error).Message} Rebuild it against this version of HiEndMae.Abstractions.", error);
        }
    }
}

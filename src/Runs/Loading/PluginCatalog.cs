using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>The plugins beside the program. A plugin that cannot be used is listed with its fault and stops only the experiments that name one of its components.</summary>
internal sealed class PluginCatalog
{
    private readonly IReadOnlyDictionary<ComponentDescriptor, PluginAssembly> owners;

    private PluginCatalog(IReadOnlyList<PluginAssembly> plugins, IReadOnlyDictionary<ComponentDescriptor, PluginAssembly> owners, IReadOnlyList<string> faults)
    {
        Plugins = plugins;
        this.owners = owners;
        Faults = faults;
        Components = [.. owners.Keys];
    }

    /// <summary>Every plugin folder, in the order of their names.</summary>
    public IReadOnlyList<PluginAssembly> Plugins { get; }

    /// <summary>Every component that an experiment can name.</summary>
    public IReadOnlyList<ComponentDescriptor> Components { get; }

    /// <summary>A sentence for each plugin that was not loaded, and for each component that two plugins offer.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>The plugin that offers a component.</summary>
    public PluginAssembly OwnerOf(ComponentDescriptor component) => owners[component];

    /// <summary>Loads <c>FOLDER/NAME/NAME.dll</c> for each NAME.</summary>
    /// <param name="folder">The folder of plugin folders.</param>
    /// <exception cref="PluginException">There is no plugin folder at all.</exception>
    public static PluginCatalog Load(string folder)
    {
        string[] folders = Directory.Exists(folder) ? [.. Directory.GetDirectories(folder).Order(StringComparer.Ordinal)] : [];
        if (folders.Length == 0) throw new PluginException($"There are no plugins in '{folder}'; each is a folder NAME with an assembly NAME.dll.");
        PluginAssembly[] plugins = [.. folders.Select(PluginReader.Read)];
        List<string> faults = [.. plugins.Select(plugin => plugin.Fault).OfType<string>()];
        var owners = new Dictionary<ComponentDescriptor, PluginAssembly>(ReferenceEqualityComparer.Instance);
        var offers = plugins.SelectMany(plugin => plugin.Components.Select(component => (Component: component, Plugin: plugin)));
        foreach (var twins in offers.GroupBy(offer => (offer.Component.Slot, offer.Component.Name)))
        {
            (ComponentDescriptor component, PluginAssembly plugin) = twins.First();
            if (twins.Count() == 1) owners.Add(component, plugin);
            else faults.Add($"The {component.Slot.ToString().ToLowerInvariant()} '{component.Name}' is offered by {string.Join(" and by ", twins.Select(twin => $"'{twin.Plugin.Path}'"))}, so neither is used; remove one of them.");
        }
        return new PluginCatalog(plugins, owners, faults);
    }
}

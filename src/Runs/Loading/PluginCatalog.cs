using HiEndMae.Configuration;
using HiEndMae.Runs.Machine;

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

    /// <summary>Warnings: a sentence for each plugin that was not loaded, and for each component that two plugins offer.</summary>
    public IReadOnlyList<string> Faults { get; }

    /// <summary>The plugin that offers a component.</summary>
    public PluginAssembly OwnerOf(ComponentDescriptor component) => owners[component];

    /// <summary>Loads the program's plugins and those that the user has added.</summary>
    /// <param name="environment">The program's folder and the variables.</param>
    /// <exception cref="PluginException">There is no plugin at all.</exception>
    public static PluginCatalog Load(RunEnvironment environment) => Load(environment, []);

    /// <summary>Loads the program's plugins and those that the user has added, some of them from other folders.</summary>
    /// <param name="environment">The program's folder and the variables.</param>
    /// <param name="instead">Plugin folders. Each replaces the plugin with the same name, or is added if there is no such plugin.</param>
    /// <exception cref="PluginException">There is no plugin at all.</exception>
    public static PluginCatalog Load(RunEnvironment environment, IReadOnlyList<string> instead)
    {
        PluginFolders folders = PluginFolders.Of(environment);
        string[] names = [.. instead.Select(folder => Path.GetFileName(folder))];
        return LoadFolders([.. folders.Existing.SelectMany(FoldersIn).Where(folder => !names.Contains(Path.GetFileName(folder))), .. instead], folders.Program, folders.Missing);
    }

    /// <summary>Loads <c>FOLDER/NAME/NAME.dll</c> for each NAME.</summary>
    /// <param name="folder">The folder of plugin folders.</param>
    /// <exception cref="PluginException">There is no plugin folder at all.</exception>
    public static PluginCatalog Load(string folder) => LoadFolders(Directory.Exists(folder) ? [.. FoldersIn(folder)] : [], folder, []);

    /// <summary>The folders of plugins in a folder. Hidden ones are not plugins: 'plugins add' prepares a plugin under a hidden name.</summary>
    /// <param name="folder">The folder.</param>
    public static IEnumerable<string> FoldersIn(string folder) =>
        Directory.GetDirectories(folder).Where(name => Path.GetFileName(name)[0] != '.').Order(StringComparer.Ordinal);

    private static PluginCatalog LoadFolders(IReadOnlyList<string> folders, string first, IEnumerable<string> missing)
    {
        if (folders.Count == 0) throw new PluginException($"There are no plugins in '{first}'; each is a folder NAME with an assembly NAME.dll.");
        PluginAssembly[] plugins = [.. folders.Select(folder => PluginReader.Read(folder))];
        List<string> faults = [.. missing, .. plugins.Select(plugin => plugin.Fault).OfType<string>()];
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

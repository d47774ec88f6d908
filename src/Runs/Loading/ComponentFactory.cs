using HiEndMae.Configuration;
using HiEndMae.Configuration.Shared;
using HiEndMae.Imaging;
using HiEndMae.Runs.Machine;

namespace HiEndMae.Runs.Loading;

/// <summary>Creates components from their configs.</summary>
internal sealed class ComponentFactory(PluginCatalog catalog)
{
    /// <summary>Creates a dataset. A dataset that combines others creates them through this factory as well.</summary>
    /// <exception cref="PluginException">The dataset refuses its config, or its code fails.</exception>
    /// <exception cref="VolumeException">The dataset finds that its files are damaged.</exception>
    public Dataset CreateDataset(IComponentConfig config, Action<string> warn, CancellationToken cancel = default) =>
        Create<Dataset>(Slot.Dataset, config, new DatasetContext(warn) { Cancel = cancel, Open = inner => CreateDataset(inner, warn, cancel) });

    /// <summary>Creates a component.</summary>
    /// <exception cref="PluginException">The component refuses its config or context, or its code fails.</exception>
    public T Create<T>(Slot slot, IComponentConfig config, object context) where T : class
    {
        ComponentDescriptor component = catalog.Components.Find(slot, config.Plugin)!;
        try
        {
            return (T)component.Create(config, context);
        }
        // These exceptions pass unchanged: messages of plugins for the user, cancellation, and errors of disk or memory.
        catch (Exception error) when (error is not (PluginException or UserException or VolumeException or OperationCanceledException or OutOfMemoryException or IOException or UnauthorizedAccessException) && !OutOfMemory.IsSaidBy(error))
        {
            PluginAssembly plugin = catalog.OwnerOf(component);
            throw new PluginException(
                $"The {slot.ToString().ToLowerInvariant()} '{config.Plugin}' of plugin '{plugin.Name}' {plugin.Version} cannot be created: {error.GetType().Name}: {error.Message} Its constructor failed; tell its author.", error);
        }
    }
}

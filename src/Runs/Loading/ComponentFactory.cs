using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>Makes components from their bound configs.</summary>
internal sealed class ComponentFactory(PluginCatalog catalog)
{
    /// <summary>A dataset; one that is made of others gets them from here too.</summary>
    /// <exception cref="PluginException">It refuses its config.</exception>
    public Dataset CreateDataset(IComponentConfig config, Action<string> warn, CancellationToken cancel = default) =>
        Create<Dataset>(Slot.Dataset, config, new DatasetContext(warn) { Cancel = cancel, Open = inner => CreateDataset(inner, warn, cancel) });

    /// <summary>Any component.</summary>
    /// <exception cref="PluginException">The component refuses its config or context.</exception>
    public T Create<T>(Slot slot, IComponentConfig config, object context) where T : class =>
        (T)catalog.Components.Find(slot, config.Plugin)!.Create(config, context);
}

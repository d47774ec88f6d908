using HiEndMae.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>Creates components from their configs.</summary>
internal sealed class ComponentFactory(PluginCatalog catalog)
{
    /// <summary>Creates a dataset. A dataset that combines others creates them through this factory as well.</summary>
    /// <exception cref="PluginException">The dataset refuses its config.</exception>
    public Dataset CreateDataset(IComponentConfig config, Action<string> warn, CancellationToken cancel = default) =>
        Create<Dataset>(Slot.Dataset, config, new DatasetContext(warn) { Cancel = cancel, Open = inner => CreateDataset(inner, warn, cancel) });

    /// <summary>Creates a component.</summary>
    /// <exception cref="PluginException">The component refuses its config or context.</exception>
    public T Create<T>(Slot slot, IComponentConfig config, object context) where T : class =>
        (T)catalog.Components.Find(slot, config.Plugin)!.Create(config, context);
}

using HiEndMae.Configuration;
using HiEndMae.Host.Configuration;

namespace HiEndMae.Host.Running;

/// <summary>Makes components from their bound configs.</summary>
internal sealed class ComponentFactory(PluginCatalog catalog)
{
    /// <exception cref="PluginException">The component refuses its config or context.</exception>
    public T Create<T>(Slot slot, IComponentConfig config, object context) where T : class =>
        (T)catalog.Components.Find(slot, config.Plugin)!.Create(config, context);
}

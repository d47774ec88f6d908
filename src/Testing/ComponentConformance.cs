using System.Reflection;
using HiEndMae.Configuration;

namespace HiEndMae.Testing;

/// <summary>Checks that a component does what the contract of its slot says. One call is one test.</summary>
public static class ComponentConformance
{
    /// <summary>
    /// Creates the component on the CPU and checks shapes (against <c>Info</c>), a gradient on every parameter, leaks of tensors, determinism, exact resume, saving and loading of its state, counted
    /// operations (against executed ones), bfloat16, and other batch sizes. For a dataset it checks names, order and ids of cases, grids of labels, and that images are equal when they are read again.
    /// </summary>
    /// <param name="config">The config record of the component. Its assembly must have been built with HiEndMae.Generators.</param>
    /// <param name="options">Sizes, and what to leave out; null for the defaults.</param>
    /// <exception cref="ConformanceException">At least one check failed. The message lists all of them.</exception>
    /// <exception cref="ArgumentException">The assembly of the config has no such component.</exception>
    public static void Check(IComponentConfig config, ConformanceOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        options ??= new ConformanceOptions();
        ComponentDescriptor component = DescriptorOf(config);
        var failures = new List<string>();
        if (component.Slot == Slot.Dataset) new DatasetChecks(component, config, failures).Run();
        else new ModuleChecks(new ModelMaker(component, config, options), options, failures).Run();
        if (failures.Count > 0) throw new ConformanceException($"The {component.Slot.ToString().ToLowerInvariant()} '{component.Name}'", failures);
    }

    /// <summary>Finds the component of a config in the manifest of the config's assembly.</summary>
    internal static ComponentDescriptor DescriptorOf(IComponentConfig config)
    {
        Assembly assembly = config.GetType().Assembly;
        if (assembly.GetCustomAttribute<PluginManifestAttribute>() is not { } attribute)
            throw new ArgumentException($"The assembly '{assembly.GetName().Name}' of '{config.GetType().Name}' lists no components. Build it with HiEndMae.Generators.", nameof(config));
        var manifest = (IPluginManifest)Activator.CreateInstance(attribute.Manifest)!;
        // Two slots may have components of one name. The type of the record tells them apart.
        return manifest.Components.FirstOrDefault(component => component.Name == config.Plugin && component.Schema.Type.EndsWith("::" + config.GetType().FullName, StringComparison.Ordinal))
            ?? manifest.Components.FirstOrDefault(component => component.Name == config.Plugin)
            ?? throw new ArgumentException($"The assembly '{assembly.GetName().Name}' has no component '{config.Plugin}'.", nameof(config));
    }
}

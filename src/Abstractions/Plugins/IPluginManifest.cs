using HiEndMae.Configuration;

namespace HiEndMae;

/// <summary>Lists the components of an assembly. The generator writes the implementation and names it in a <see cref="PluginManifestAttribute"/>.</summary>
public interface IPluginManifest
{
    /// <summary>Every component of the assembly.</summary>
    IReadOnlyList<ComponentDescriptor> Components { get; }
}

using HiEndMae.Configuration;

namespace HiEndMae;

/// <summary>What an assembly offers; the generator writes the implementation and names it in a <see cref="PluginManifestAttribute"/>.</summary>
public interface IPluginManifest
{
    /// <summary>Every component of the assembly.</summary>
    IReadOnlyList<ComponentDescriptor> Components { get; }
}

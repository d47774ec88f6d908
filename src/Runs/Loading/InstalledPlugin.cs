namespace HiEndMae.Runs.Loading;

/// <summary>A plugin that was added.</summary>
/// <param name="Plugin">The plugin in its new folder.</param>
/// <param name="Replaced">The build that it replaced; null if there was none of this name.</param>
internal sealed record InstalledPlugin(PluginAssembly Plugin, PluginIdentity? Replaced);

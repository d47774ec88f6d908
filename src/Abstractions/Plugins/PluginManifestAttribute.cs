namespace HiEndMae;

/// <summary>Names the generated manifest of an assembly, so that the program finds it without searching all types.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class PluginManifestAttribute(Type manifest) : Attribute
{
    /// <summary>A type with a public parameterless constructor that implements <see cref="IPluginManifest"/>.</summary>
    public Type Manifest { get; } = manifest;
}

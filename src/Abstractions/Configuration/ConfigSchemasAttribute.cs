namespace HiEndMae;

/// <summary>The schemas of an assembly's config records as TOML, so that a compiler can check experiments without running the assembly. Written by the generator.</summary>
/// <param name="toml">A list <c>records</c>; its form may change with any version.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ConfigSchemasAttribute(string toml) : Attribute
{
    /// <summary>A list <c>records</c>.</summary>
    public string Toml { get; } = toml;
}

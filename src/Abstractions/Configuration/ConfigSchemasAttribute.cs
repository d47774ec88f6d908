namespace HiEndMae;

/// <summary>Carries the schemas of an assembly's config records as TOML, so that the compiler can check experiments without running the assembly. Written by the generator.</summary>
/// <param name="toml">TOML with a list <c>records</c>. Its form may change in any version.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ConfigSchemasAttribute(string toml) : Attribute
{
    /// <summary>TOML with a list <c>records</c>.</summary>
    public string Toml { get; } = toml;
}

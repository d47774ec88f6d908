namespace HiEndMae;

/// <summary>
/// The version of the plugin contract (HiEndMae.Abstractions) that an assembly was built against. The generator writes it into every plugin; the program
/// compares it with its own before it loads a type of the plugin.
/// </summary>
/// <param name="major">Plugins of another major version are refused.</param>
/// <param name="minor">Plugins of a later minor version are refused; those of an earlier one load.</param>
[AttributeUsage(AttributeTargets.Assembly)]
public sealed class ContractVersionAttribute(int major, int minor) : Attribute
{
    /// <summary>Major version of the contract in this assembly. It is raised when a plugin has to be changed or rebuilt.</summary>
    public const int CurrentMajor = 1;

    /// <summary>Minor version of the contract in this assembly. It is raised when something is added.</summary>
    public const int CurrentMinor = 2;

    /// <summary>Plugins of another major version are refused.</summary>
    public int Major { get; } = major;

    /// <summary>Plugins of a later minor version are refused; those of an earlier one load.</summary>
    public int Minor { get; } = minor;
}

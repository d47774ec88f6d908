using Microsoft.CodeAnalysis;

namespace HiEndMae.Generators.Analysis;

/// <summary>Everything that the analyzers report about config records and components.</summary>
internal static class ComponentDiagnostics
{
    public static readonly DiagnosticDescriptor Name = Error("HEM106", "Component name is not kebab-case",
        "'{0}' cannot be the name of a component; use lower-case letters, digits and '-', such as '{1}'");

    public static readonly DiagnosticDescriptor Default = Error("HEM108", "Default is outside its range",
        "The default {0} of '{1}' is outside its [Range({2}, {3})]; an experiment that leaves the key out could not be run");

    public static readonly DiagnosticDescriptor HiddenKey = Error("HEM112", "Key has a meaning already",
        "The key '{0}' of a {1} has a meaning of its own in an experiment; give the property another name");

    public static readonly DiagnosticDescriptor NotRegistered = Warning("HEM113", "Module does not register its parts",
        "'{0}' has parts in '{1}' but does not register them, so their weights are neither trained nor saved; {2}");

    public static readonly DiagnosticDescriptor Chance = Warning("HEM114", "Component depends on chance or on the clock",
        "'{0}' gives other values in every run, so that runs cannot be repeated or resumed; {1}");

    public static readonly DiagnosticDescriptor KeptTensor = Warning("HEM115", "Tensor is kept in a field",
        "'{0}' keeps a tensor between calls that no checkpoint saves and that the step's scope frees; {1}");

    public static readonly DiagnosticDescriptor MachineDefault = Warning("HEM116", "Default depends on the machine",
        "The default of '{0}' comes from '{1}', so the same file is another experiment on another machine; use a constant, and decide in the component");

    private static DiagnosticDescriptor Error(string id, string title, string message) => new(id, title, message, "Configuration", DiagnosticSeverity.Error, isEnabledByDefault: true);

    private static DiagnosticDescriptor Warning(string id, string title, string message) => new(id, title, message, "Components", DiagnosticSeverity.Warning, isEnabledByDefault: true);
}

using Microsoft.CodeAnalysis;

namespace HiEndMae.Generators.Model;

/// <summary>All errors that the generator reports about config records.</summary>
internal static class Diagnostics
{
    public static readonly DiagnosticDescriptor NotPartial = Error("HEM101", "Config record is not partial",
        "'{0}' must be a top-level 'public sealed partial record' to be completed");

    public static readonly DiagnosticDescriptor UnsupportedType = Error("HEM102", "Type cannot be a config value",
        "'{0}' has type '{1}'; allowed: int, long, float, double, bool, string, TimeSpan, ByteSize, enums, Size3, Spacing3, [ConfigSection] records, lists and string-keyed dictionaries of them, and IComponentConfig with [Plugin]");

    public static readonly DiagnosticDescriptor NoImplementation = Error("HEM103", "Component has no class",
        "No class derives from {1} and has a constructor ({0}, {2}); write one, for it is what the component creates");

    public static readonly DiagnosticDescriptor DuplicateComponent = Error("HEM104", "Component name is taken",
        "Two components of slot {0} are named '{1}' in this assembly");

    public static readonly DiagnosticDescriptor UnknownOther = Error("HEM105", "Attribute names no property",
        "'{0}' names '{1}', which is not a property of the record");

    public static readonly DiagnosticDescriptor TwoClasses = Error("HEM107", "Component has two classes",
        "'{0}' and '{1}' both take the config '{2}'; give each class a config record of its own");

    public static readonly DiagnosticDescriptor HiddenConstructor = Error("HEM109", "Constructor cannot be called",
        "The constructor of '{0}' is {1}, so the component cannot be created; make it public or internal");

    public static readonly DiagnosticDescriptor SameName = Error("HEM110", "Two experiment files give one name",
        "The typed value of this file would be '{0}', which another file or folder is; rename one of them");

    public static readonly DiagnosticDescriptor NoExperimentSchema = Error("HEM111", "No reference says what an experiment is",
        "The project has experiment files, but no reference says what an experiment is; reference HiEndMae.Engine and the plugins that the files name");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, "Configuration", DiagnosticSeverity.Error, isEnabledByDefault: true);
}

using HiEndMae.Configuration;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace HiEndMae.Generators.Experiments;

/// <summary>Converts errors of files to diagnostics of the compiler, with line and column in the file.</summary>
internal static class FileDiagnostic
{
    public static Diagnostic Of(ConfigDiagnostic diagnostic)
    {
        // The message is used literally: braces are not placeholders. There is no help link because the compiler would append it to the message.
        var descriptor = new DiagnosticDescriptor(
            diagnostic.Id, "Experiment file", "{0}", "Experiments", diagnostic.IsError ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning, isEnabledByDefault: true);
        return Diagnostic.Create(descriptor, At(diagnostic.Source.File, diagnostic.Source.Line, diagnostic.Source.Column), diagnostic.Message);
    }

    public static Location Start(string path) => At(path, 1, 1);

    private static Location At(string path, int line, int column)
    {
        var place = new LinePosition(line - 1, column - 1);
        return Location.Create(path, default, new LinePositionSpan(place, place));
    }
}

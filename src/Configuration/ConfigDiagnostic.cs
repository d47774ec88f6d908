using System.Globalization;

namespace HiEndMae.Configuration;

/// <summary>An error or warning about a config.</summary>
/// <param name="Id">HEM and three digits. docs/reference/diagnostics.md documents each id.</param>
/// <param name="IsError">False for warnings.</param>
/// <param name="Message">What is wrong, what is allowed, and the nearest name.</param>
/// <param name="Source">Position in the file.</param>
public sealed record ConfigDiagnostic(string Id, bool IsError, string Message, SourceSpan Source)
{
    /// <summary><c>file(line,col): error HEM0xx: message</c>.</summary>
    public override string ToString() => string.Format(
        CultureInfo.InvariantCulture, "{0}({1},{2}): {3} {4}: {5}", Source.File, Source.Line, Source.Column, IsError ? "error" : "warning", Id, Message);

    /// <summary>Sorts diagnostics by file, line and column, and removes duplicates.</summary>
    public static IReadOnlyList<ConfigDiagnostic> Ordered(IEnumerable<ConfigDiagnostic> diagnostics) =>
        [.. diagnostics.Distinct().OrderBy(one => one.Source.File, StringComparer.Ordinal).ThenBy(one => one.Source.Line).ThenBy(one => one.Source.Column)
            .ThenBy(one => one.Id, StringComparer.Ordinal)];
}

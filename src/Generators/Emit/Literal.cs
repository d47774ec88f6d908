using Microsoft.CodeAnalysis.CSharp;

namespace HiEndMae.Generators.Emit;

/// <summary>Writes C# literals.</summary>
internal static class Literal
{
    public static string Text(string text) => SymbolDisplay.FormatLiteral(text, quote: true);
}

using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace HiEndMae.Generators.Parsing;

/// <summary>Extracts the summary of a documentation comment as plain text.</summary>
internal static class XmlSummary
{
    // Reads the trivia, because GetDocumentationCommentXml returns nothing in builds without a documentation file.
    public static string Of(ISymbol symbol, CancellationToken cancel)
    {
        foreach (SyntaxReference reference in symbol.DeclaringSyntaxReferences)
        {
            string comment = string.Concat(reference.GetSyntax(cancel).GetLeadingTrivia()
                .Where(trivia => trivia.IsKind(SyntaxKind.SingleLineDocumentationCommentTrivia) || trivia.IsKind(SyntaxKind.SingleLineCommentTrivia))
                .Select(trivia => trivia.ToFullString()));
            Match match = Regex.Match(Regex.Replace(comment, @"^\s*///?", "", RegexOptions.Multiline), "<summary>(.*?)</summary>", RegexOptions.Singleline);
            if (match.Success) return Plain(match.Groups[1].Value);
        }
        return "";
    }

    private static string Plain(string xml)
    {
        string named = Regex.Replace(xml, "<(?:see|paramref|typeparamref)\\s+(?:cref|name|langword)=\"(?:\\w:)?([^\"]*)\"\\s*/>", match => match.Groups[1].Value);
        string bare = Regex.Replace(named, "<[^>]+>", "");
        return Regex.Replace(bare, @"\s+", " ").Trim().Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&");
    }
}

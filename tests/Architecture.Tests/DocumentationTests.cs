using System.Text.RegularExpressions;
using HiEndMae.Host.Tests;

namespace HiEndMae.Architecture.Tests;

/// <summary>Links in the documentation lead somewhere, every page is in the index, and the README stays short.</summary>
public sealed partial class DocumentationTests
{
    public static TheoryData<string> Pages =>
    [
        .. Directory.GetFiles(Repository.Root, "*.md")
            .Concat(Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_to_a_file_and_a_heading(string page)
    {
        string path = Path.Combine(Repository.Root, page);
        string[] broken = [.. Link().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value)
            .Where(link => !link.Contains("://", StringComparison.Ordinal) && !Leads(path, link))];
        Assert.Empty(broken);
    }

    [Fact]
    public void The_index_names_every_page()
    {
        string docs = Path.Combine(Repository.Root, "docs"), index = File.ReadAllText(Path.Combine(docs, "README.md"));
        string[] pages = [.. Directory.GetFiles(docs, "*.md", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(docs, path).Replace('\\', '/')).Where(page => page != "README.md")];
        Assert.NotEmpty(pages);
        Assert.All(pages, page => Assert.Contains($"({page})", index, StringComparison.Ordinal));
    }

    [Fact]
    public void The_readme_has_fewer_than_700_words() =>
        Assert.InRange(File.ReadAllText(Path.Combine(Repository.Root, "README.md")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length, 200, 699);

    private static bool Leads(string page, string link)
    {
        string[] parts = link.Split('#', 2);
        string target = parts[0].Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, parts[0]));
        if (parts.Length == 1) return File.Exists(target) || Directory.Exists(target);
        return File.Exists(target) && File.ReadLines(target).Where(line => line.StartsWith('#')).Any(line => Anchor(line) == parts[1]);
    }

    // As GitHub makes anchors: lower case, spaces to hyphens, everything but letters, digits, hyphens and underscores left out.
    private static string Anchor(string heading) => NotInAnchor().Replace(heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"(?<!`)\[[^\]\n]*\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchor();
}

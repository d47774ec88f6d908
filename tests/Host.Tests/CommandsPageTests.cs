using System.Text.RegularExpressions;
using HiEndMae.Configuration.Shared;

namespace HiEndMae.Host.Tests;

/// <summary>docs/reference/commands.md lists every command with its options, and nothing else.</summary>
public sealed partial class CommandsPageTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "reference", "commands.md"));

    [Fact]
    public async Task The_page_lists_every_command()
    {
        string[] commands = await CommandsAsync();
        Assert.InRange(commands.Length, 15, 100);
        Assert.All(commands, command => Assert.Contains($"hiendmae {command}", Page, StringComparison.Ordinal));
        Assert.Empty(Usages().Select(usage => usage.Command).Except(commands));
    }

    [Fact]
    public async Task The_page_lists_the_options_of_every_command()
    {
        string[] ofModels = [.. Section("Options of models").Select(match => match.Value).Distinct()];
        foreach (string command in await CommandsAsync())
        {
            string[] expected = [.. OptionLine().Matches(await HelpAsync(command)).Select(match => match.Groups[1].Value).Where(option => option is not "--help" and not "--version").Distinct().Order(StringComparer.Ordinal)];
            string[] listed = [.. Usages().Where(usage => usage.Command == command)
                .SelectMany(usage => Option().Matches(usage.Text).Select(match => match.Value).Concat(usage.Text.Contains("+ options of models", StringComparison.Ordinal) ? ofModels : []))
                .Distinct().Order(StringComparer.Ordinal)];
            Assert.True(expected.SequenceEqual(listed), $"hiendmae {command} has {string.Join(' ', expected)}; the page lists {string.Join(' ', listed)}.");
        }
    }

    private static IEnumerable<(string Command, string Text)> Usages() => Usage().Matches(Page).Select(match => (match.Groups[1].Value, match.Value));

    private static MatchCollection Section(string title)
    {
        int from = Page.IndexOf(title, StringComparison.Ordinal);
        return Option().Matches(Page[from..Page.IndexOf("\n\n", Page.IndexOf("|---", from, StringComparison.Ordinal), StringComparison.Ordinal)]);
    }

    // Commands that do something: "run", "data inspect", and "plugins", which takes a name or a subcommand.
    private static async Task<string[]> CommandsAsync()
    {
        var found = new List<string>();
        foreach (string verb in SubcommandsOf(await HelpAsync("")))
        {
            string help = await HelpAsync(verb);
            string[] below = SubcommandsOf(help);
            if (below.Length == 0 || help.Contains("Arguments:", StringComparison.Ordinal)) found.Add(verb);
            found.AddRange(below.Select(name => $"{verb} {name}"));
        }
        return [.. found];
    }

    private static string[] SubcommandsOf(string help)
    {
        int from = help.IndexOf("Commands:", StringComparison.Ordinal);
        return from < 0 ? [] : [.. Subcommand().Matches(help[from..]).Select(match => match.Groups[1].Value)];
    }

    private static async Task<string> HelpAsync(string command)
    {
        using var host = new HostFixture();
        Assert.Equal(ExitCodes.Done, await host.RunAsync([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]));
        return host.Output;
    }

    [GeneratedRegex(@"^hiendmae ((?:data |track |new |plugins (?=add|remove))?[a-z]+)\b.*$", RegexOptions.Multiline)]
    private static partial Regex Usage();

    [GeneratedRegex(@"--[a-z][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex(@"^ +(?:-\S+, )*(--[a-z][a-z-]*)", RegexOptions.Multiline)]
    private static partial Regex OptionLine();

    [GeneratedRegex(@"^  ([a-z]+)\b", RegexOptions.Multiline)]
    private static partial Regex Subcommand();
}

using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Host.Tests;
using HiEndMae.Runs.Loading;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Files that nobody meant: damaged ones, huge ones, deep ones. Each ends in errors or in an experiment, never in an exception.</summary>
public sealed class FuzzTests
{
    private static readonly IReadOnlyList<ComponentDescriptor> Components = PluginCatalog.Load(Repository.Plugins).Components;
    private static readonly string[] Fragments =
        ["=", "[", "]", "{", "}", "\"", "'", "\"\"\"", "#", "\n", ".", ",", "nan", "-inf", "1e999", "0x", "2026-01-01", "[[", "]]", "[sweep]\n", "extends = \"_right.toml\"\n", "plugin = ", "\\u", "\uFFFD", "\0", "é", "99999999999999999999"];

    [Fact]
    public void Damaged_files_give_errors_or_experiments()
    {
        // HIENDMAE_FUZZ=1000000 runs for hours.
        int cases = int.TryParse(Environment.GetEnvironmentVariable("HIENDMAE_FUZZ"), out int more) ? more : 20_000;
        string corpus = Path.Combine(Repository.Root, "tests", "ExperimentFiles.Tests", "corpus");
        string[] seeds = [.. Directory.GetFiles(corpus, "*.toml").Concat(Directory.GetFiles(Path.Combine(Repository.Root, "experiments"), "*.toml")).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        ParsedFile right = ParsedFile.Parse(File.ReadAllText(Path.Combine(corpus, "_right.toml")), "/tree/_right.toml");
        int valid = 0, wrong = 0;
        for (int i = 0; i < cases; i++)
        {
            string text = Damage(seeds[i % seeds.Length], new Random(i));
            CheckedExperiment found = Check(text, path => path == "/tree/_right.toml" ? right : null);
            if (found.IsValid) valid++;
            else wrong++;
            Assert.All(found.Diagnostics, one => Assert.True(one.Source.Line >= 1 && one.Source.Column >= 1 && one.Message.Length < 4000, $"case {i}: {one}"));
            Assert.True(found.IsValid == found.Points.Count > 0, $"case {i}");
        }
        Assert.True(valid > cases / 1000 && wrong > cases / 4, $"{valid} valid, {wrong} wrong");
    }

    public static TheoryData<string, string, string> Extremes() => new()
    {
        { "a megabyte of one key", new string('k', 1 << 20) + " = 1", "HEM021" },
        { "a megabyte of one text", $"name = \"{new string('n', 1 << 20)}\"\nseed = \"x\"", "HEM011" },
        { "lists in lists", "seed = " + new string('[', 200_000) + new string(']', 200_000), "HEM007" },
        { "tables in tables", "seed = " + string.Concat(Enumerable.Repeat("{a=", 100_000)), "HEM007" },
        { "a header of many parts", "[" + string.Join(".", Enumerable.Repeat("a", 100_000)) + "]", "HEM007" },
        { "a key of many parts", string.Join(".", Enumerable.Repeat("a", 100_000)) + " = 1", "HEM007" },
        { "many keys", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"k{i} = {i}\n")), "HEM021" },
        { "many tables", string.Concat(Enumerable.Range(0, 20_000).Select(i => $"[t{i}]\n")), "HEM021" },
        { "a text that never ends", "name = \"\"\"" + new string('x', 1 << 20), "HEM001" },
        { "only nulls", new string('\0', 1000), "HEM001" },
        { "only quotes", new string('"', 10_000), "HEM001" },
    };

    [Theory]
    [MemberData(nameof(Extremes))]
    public void Extreme_values_give_a_clear_error(string what, string text, string id)
    {
        CheckedExperiment found = Check(text, _ => null);
        Assert.Contains(found.Diagnostics, one => one.Id == id);
        Assert.All(found.Diagnostics, one => Assert.InRange(one.Message.Length, 1, 4000));
        Assert.NotEmpty(what);
    }

    private static CheckedExperiment Check(string text, Func<string, ParsedFile?> find) =>
        ExperimentChecker.Check(ExperimentSource.Resolve(ParsedFile.Parse(text, "/tree/file.toml"), find), ExperimentConfig.Schema, Components, _ => null);

    private static string Damage(string text, Random random)
    {
        for (int edits = random.Next(1, 5); edits > 0; edits--)
        {
            int at = random.Next(text.Length + 1), length = random.Next(Math.Min(20, text.Length - at + 1));
            text = random.Next(4) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Fragments[random.Next(Fragments.Length)]),
                2 => text.Insert(random.Next(text.Length + 1), text.Substring(at, length)),
                _ => at < text.Length ? text[..at] + (char)random.Next(32, 300) + text[(at + 1)..] : text,
            };
        }
        return text;
    }
}

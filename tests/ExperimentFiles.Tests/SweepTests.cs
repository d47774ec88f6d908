using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Which combinations a [sweep] has.</summary>
public sealed class SweepTests
{
    [Fact]
    public void Keys_of_a_zip_vary_together_and_are_combined_with_the_other_keys() => Assert.Equal(
        ["seed=0, a.x=1, a.y=10", "seed=0, a.x=2, a.y=20", "seed=1, a.x=1, a.y=10", "seed=1, a.x=2, a.y=20"],
        Labels("[sweep]\nseed = [0, 1]\n[[sweep.zip]]\n\"a.x\" = [1, 2]\n\"a.y\" = [10, 20]\n"));

    [Fact]
    public void Excluded_combinations_are_left_out() => Assert.Equal(
        ["a.x=1, b=1", "a.x=1, b=2", "a.x=2, b=1"],
        Labels("[sweep]\n\"a.x\" = [1, 2]\nb = [1, 2]\n[[sweep.exclude]]\nb = 2\na = { x = 2 }\n"));

    [Fact]
    public void Listed_combinations_override_the_experiment()
    {
        IReadOnlyList<SweepPoint> points = Expand("[a]\nx = 7\n[[sweep.list]]\na.y = 1\n[[sweep.list]]\na = { x = 8 }\n");
        Assert.Equal(["a.x = 7; a.y = 1", "a.x = 8"], points.Select(point => string.Join("; ", TomlText.Flatten(point.Tree).Select(pair => $"{pair.Key} = {pair.Value}"))));
    }

    [Fact]
    public void A_random_search_depends_only_on_its_seed()
    {
        const string Table = "[sweep.random]\nbudget = 12\nx = { uniform = [0.0, 1.0] }\n";
        Assert.Equal(Labels(Table), Labels(Table));
        Assert.Equal(12, Labels(Table).Count);
        Assert.Empty(Labels(Table).Intersect(Labels(Table + "sampling_seed = 1\n")));
    }

    [Fact]
    public void Samples_follow_the_named_distribution()
    {
        IReadOnlyList<SweepPoint> points = Expand("""
            [sweep.random]
            budget = 2000
            u = { uniform = [-1.0, 3.0] }
            l = { log_uniform = [1e-6, 1e-2] }
            i = { int_uniform = [2, 5] }
            c = { choice = ["a", "b"] }
            """);
        double[] uniform = Numbers(points, "u"), log = [.. Numbers(points, "l").Select(Math.Log10)], whole = Numbers(points, "i");
        // Means within four standard errors: 4/sqrt(12), 4/sqrt(12) decades, sqrt(15/12), over sqrt(2000).
        Assert.InRange(uniform.Average(), 1 - 0.104, 1 + 0.104);
        Assert.InRange(log.Average(), -4 - 0.104, -4 + 0.104);
        Assert.InRange(whole.Average(), 3.5 - 0.1, 3.5 + 0.1);
        Assert.Equal([2, 3, 4, 5], whole.Distinct().Order());
        Assert.InRange(uniform.Min(), -1, -0.98);
        Assert.InRange(log.Max(), -2.02, -2);
        Assert.InRange(points.Count(point => (string)((ConfigScalar)point.Tree.Find("c")!).Value == "a"), 1000 - 90, 1000 + 90);
    }

    private static double[] Numbers(IReadOnlyList<SweepPoint> points, string key) =>
        [.. points.Select(point => Convert.ToDouble(((ConfigScalar)point.Tree.Find(key)!).Value, System.Globalization.CultureInfo.InvariantCulture))];

    private static IReadOnlyList<string> Labels(string toml) => [.. Expand(toml).Select(point => point.Label)];

    private static IReadOnlyList<SweepPoint> Expand(string toml)
    {
        var found = new List<ConfigDiagnostic>();
        ConfigTable tree = TomlReader.Read(toml, "", found.Add)!;
        IReadOnlyList<SweepPoint> points = SweepExpander.Expand(ConfigTree.Without(tree, SweepExpander.Table), SweepExpander.Read(tree, found.Add), found.Add);
        Assert.Empty(found);
        return points;
    }
}

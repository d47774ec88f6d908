using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks an experiment file without creating a component. The compiler and the program report the same errors with it.</summary>
public static class ExperimentChecker
{
    /// <summary>Name of the outermost table in messages.</summary>
    public const string Title = "the experiment";

    /// <summary>Whether a file is a part: its name begins with '_'. Only the keys that a part contains are checked; missing ones are not reported.</summary>
    public static bool IsPart(string path) => Path.GetFileName(path) is { Length: > 0 } name && name[0] == '_';

    /// <summary>Checks a file.</summary>
    /// <param name="file">The file, merged with the files it extends and with overrides.</param>
    /// <param name="schema">Schema of an experiment.</param>
    /// <param name="components">Components that a <c>plugin</c> key may name.</param>
    /// <param name="getVariable">Reads an environment variable; null to skip the checks that depend on the machine.</param>
    public static CheckedExperiment Check(ParsedFile file, SectionSchema schema, IReadOnlyList<ComponentSchema> components, Func<string, string?>? getVariable)
    {
        List<ConfigDiagnostic> found = [.. file.Diagnostics];
        bool isPart = IsPart(file.Path), isSweep = false;
        IReadOnlyList<SweepPoint> points = [];
        if (file.Tree is { } tree)
        {
            var context = new CheckContext(components, found.Add) { GetVariable = getVariable, IsPart = isPart };
            isSweep = tree.Find(SweepExpander.Table) is not null;
            Sweep sweep = isSweep ? SweepExpander.Read(tree, found.Add) : Sweep.None;
            ConfigTable plain = ConfigTree.Without(tree, SweepExpander.Table);
            // Each table of the list is checked with its combination.
            sweep = sweep with { Axes = [.. sweep.Axes.Where(axis => axis.Keys.Where(key => !SweepAxisCheck.Check(key, axis.Keys.Count > 1, plain, schema, context)).ToArray().Length == 0)] };
            CheckUnusedDatasets(plain, file.Path, schema, sweep, context);
            points = [.. SweepExpander.Expand(plain, sweep, found.Add).Select(point => point with { Tree = CheckOne(point.Tree, schema, context) })];
            MaskRules.Check([.. points.Select(point => point.Tree)], schema, context);
        }
        IReadOnlyList<ConfigDiagnostic> diagnostics = ConfigDiagnostic.Ordered(found);
        bool failed = diagnostics.Any(diagnostic => diagnostic.IsError);
        return new CheckedExperiment(failed || isPart ? [] : points, isSweep, isPart, diagnostics);
    }

    private static ConfigTable CheckOne(ConfigTable tree, SectionSchema schema, CheckContext context)
    {
        tree = NamedDatasets.Expand(tree, DataSchema(schema), context);
        ConfigChecker.Check(tree, schema, Title, context);
        DivisionRules.Check(tree, schema, context);
        FeatureRules.Check(tree, context);
        BlockRules.Check(tree, context);
        ExperimentRules.Check(tree, schema, context);
        return tree;
    }

    private static SectionSchema? DataSchema(SectionSchema schema) =>
        schema.Keys.FirstOrDefault(key => key.Name == "pretrain")?.Section?.Keys.FirstOrDefault(key => key.Name == "data")?.Section;

    private static void CheckUnusedDatasets(ConfigTable tree, string file, SectionSchema schema, Sweep sweep, CheckContext context)
    {
        if (DataSchema(schema) is not { } data) return;
        IEnumerable<ConfigNode> named = sweep.Axes.SelectMany(axis => axis.Choices.SelectMany(choice => choice.Over is { } over
            ? NamedDatasets.Named(over)
            : choice.Values.Where((_, i) => axis.Keys[i].Path[axis.Keys[i].Path.Count - 1] == NamedDatasets.Key)));
        NamedDatasets.CheckUnused(tree, file, data, named.OfType<ConfigScalar>().Select(item => item.Value).OfType<string>(), context);
    }
}

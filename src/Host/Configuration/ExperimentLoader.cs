using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Host.Configuration;

/// <summary>From an experiment file to a bound experiment: read, merge, override, check, bind. Computes nothing and loads no libtorch.</summary>
internal static class ExperimentLoader
{
    /// <summary>Loads one experiment; every error of it is in the result.</summary>
    /// <param name="path">The TOML file.</param>
    /// <param name="overrides">KEY=VALUE, applied in order after <c>extends</c>.</param>
    /// <param name="components">What a <c>plugin</c> key may name.</param>
    /// <param name="getVariable">Environment.</param>
    public static LoadedExperiment Load(
        string path, IReadOnlyList<string> overrides, IReadOnlyList<ComponentDescriptor> components, Func<string, string?> getVariable)
    {
        var diagnostics = new List<ConfigDiagnostic>();
        ConfigTable? tree = ExperimentSource.Read(path, overrides, diagnostics.Add);
        if (tree?.Find(SweepExpander.Table) is { } sweep)
        {
            diagnostics.Add(new ConfigDiagnostic("HEM033", true, $"the file has a [sweep]; 'hiendmae sweep {path}' runs it", sweep.Source));
            tree = ConfigTree.Without(tree, SweepExpander.Table);
        }
        return tree is null ? Failed(diagnostics) : Bind(tree, diagnostics, components, getVariable);
    }

    /// <summary>Checks and binds a tree.</summary>
    public static LoadedExperiment Bind(
        ConfigTable tree, List<ConfigDiagnostic> diagnostics, IReadOnlyList<ComponentDescriptor> components, Func<string, string?> getVariable)
    {
        var context = new BindContext(components, diagnostics.Add, getVariable);
        tree = NamedDatasets.Expand(tree, diagnostics.Add);
        ConfigChecker.Check(tree, ExperimentConfig.Schema, "the experiment", context);
        ExperimentRules.Check(tree, diagnostics.Add);
        if (diagnostics.Any(diagnostic => diagnostic.IsError)) return Failed(diagnostics);
        ExperimentConfig config = ExperimentConfig.Read(tree, context);
        ConfigTable resolved = config.ToTable();
        return new LoadedExperiment(config, TomlText.Document(resolved), ConfigFingerprint.Of(resolved, ExperimentConfig.Schema, components), diagnostics);
    }

    private static LoadedExperiment Failed(List<ConfigDiagnostic> diagnostics) => new(null, "", "",
        [.. diagnostics.OrderBy(diagnostic => diagnostic.Source.File, StringComparer.Ordinal).ThenBy(diagnostic => diagnostic.Source.Line).ThenBy(diagnostic => diagnostic.Source.Column)]);
}

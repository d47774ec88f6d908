using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Loading;

/// <summary>Loads experiment files: reads, merges, overrides, checks and binds them. It computes nothing and does not load libtorch.</summary>
/// <param name="catalog">The plugins, whose components a <c>plugin</c> key may name.</param>
/// <param name="getVariable">Returns environment variables. Null skips everything that depends on the machine: variables are kept as written, and files are not looked up.</param>
internal sealed class ExperimentLoader(PluginCatalog catalog, Func<string, string?>? getVariable)
{
    /// <summary>The variable that names a site's file: a TOML file with [slurm]. The [slurm] of a sweep overrides its keys.</summary>
    public const string SiteVariable = "HIENDMAE_SITE";
    private const string UnknownComponent = "HEM020";
    private readonly ExperimentFileReader files = new();
    private readonly IReadOnlyList<ComponentDescriptor> components = catalog.Components;

    /// <summary>Loads a file. The result has all of its errors.</summary>
    /// <param name="path">The TOML file.</param>
    /// <param name="overrides">KEY=VALUE, applied in order after <c>extends</c>.</param>
    public LoadedFile Load(string path, IReadOnlyList<string> overrides) => Load(path, overrides, site: null);

    private LoadedFile Load(string path, IReadOnlyList<string> overrides, string? site)
    {
        ParsedFile resolved = ExperimentSource.Resolve(ExperimentFileReader.Read(path), files.Find);
        if (site is not null) resolved = SiteFile.Below(resolved, site);
        ParsedFile file = ExperimentSource.Override(resolved, overrides);
        CheckedExperiment found = ExperimentChecker.Check(file, ExperimentConfig.Schema, components, getVariable);
        List<ConfigDiagnostic> diagnostics = [.. found.Diagnostics];
        LoadedExperiment[] experiments = [.. found.Points.Select(point => Bind(point, diagnostics))];
        bool failed = diagnostics.Any(diagnostic => diagnostic.IsError);
        return new LoadedFile(failed ? [] : experiments, found.IsSweep, found.IsPart, ConfigDiagnostic.Ordered(diagnostics.Select(WithFaults)));
    }

    /// <summary>Loads a file that must be an experiment or a sweep, not a partial file.</summary>
    public LoadedFile LoadWhole(string path, IReadOnlyList<string> overrides) => LoadWhole(path, overrides, site: null);

    private LoadedFile LoadWhole(string path, IReadOnlyList<string> overrides, string? site)
    {
        LoadedFile file = Load(path, overrides, site);
        return file.IsPart ? Refused(file, "HEM033", "the file is a partial file, because its name begins with '_'; name a file that extends it", path) : file;
    }

    /// <summary>Loads a file that must be one experiment.</summary>
    public LoadedFile LoadOne(string path, IReadOnlyList<string> overrides)
    {
        LoadedFile file = LoadWhole(path, overrides);
        return file is { IsSweep: true, IsPart: false } ? Refused(file, "HEM033", $"the file has a [sweep]; run it with 'hiendmae sweep {path}'", path) : file;
    }

    /// <summary>Loads a file that must be a sweep. If the environment names a site's file, the sweep overrides its keys.</summary>
    public LoadedFile LoadSweep(string path, IReadOnlyList<string> overrides)
    {
        LoadedFile file = LoadWhole(path, overrides, getVariable?.Invoke(SiteVariable) is { Length: > 0 } site ? site : null);
        return file.IsSweep || !file.IsValid ? file
            : Refused(file, "HEM034", SweepExpander.NothingToVary, path);
    }

    private static LoadedFile Refused(LoadedFile file, string id, string message, string path) => file with
    {
        Experiments = [],
        Diagnostics = [.. file.Diagnostics, new ConfigDiagnostic(id, true, message, new SourceSpan(path, 1, 1))],
    };

    /// <summary>Loads one [datasets.NAME] of a file, which may be a partial file.</summary>
    /// <returns>The dataset, or null if there is an error.</returns>
    public (DataConfig? Data, IReadOnlyList<ConfigDiagnostic> Diagnostics) LoadDataset(string path, string name, IReadOnlyList<string> overrides)
    {
        ParsedFile file = ExperimentSource.Override(ExperimentSource.Resolve(ExperimentFileReader.Read(path), files.Find), overrides);
        List<ConfigDiagnostic> found = [.. file.Diagnostics];
        DataConfig? data = null;
        if (file.Tree is { } tree)
        {
            var named = tree.Find(NamedDatasets.Table) as ConfigTable;
            string[] names = [.. named?.Entries.Select(entry => entry.Key) ?? []];
            if (named?.Find(name) is not ConfigTable table)
            {
                string there = names.Length > 0 ? string.Join(", ", names) : "none";
                found.Add(new ConfigDiagnostic("HEM022", true, $"there is no [datasets.{NearestName.Shorten(name)}]; allowed: {there}{NearestName.Suggest(name, names)}", new SourceSpan(path, 1, 1)));
            }
            else if (ConfigChecker.Check(table, DataConfig.Schema, $"[datasets.{name}]", new CheckContext(components, found.Add) { GetVariable = getVariable }) && found.All(one => !one.IsError))
            {
                data = DataConfig.Read(table, new BindContext(components, getVariable ?? (variable => $"${{env:{variable}}}")));
                data.Check(table, $"[datasets.{name}]", found.Add);
            }
        }
        return (found.Any(one => one.IsError) ? null : data, ConfigDiagnostic.Ordered(found.Select(WithFaults)));
    }

    // A component may be missing because its plugin could not be loaded.
    private ConfigDiagnostic WithFaults(ConfigDiagnostic diagnostic) => diagnostic.Id == UnknownComponent && catalog.Faults.Count > 0
        ? diagnostic with { Message = $"{diagnostic.Message}. {string.Join(" ", catalog.Faults)}" }
        : diagnostic;

    private LoadedExperiment Bind(SweepPoint point, List<ConfigDiagnostic> diagnostics)
    {
        ExperimentConfig config = ExperimentConfig.Read(point.Tree, new BindContext(components, getVariable ?? (name => $"${{env:{name}}}")));
        int before = diagnostics.Count;
        config.Check(point.Tree, ExperimentChecker.Title, diagnostics.Add);
        config = config.Completed();
        if (diagnostics.Skip(before).All(diagnostic => !diagnostic.IsError)) ModelRules.Check(config, point.Tree, diagnostics.Add);
        ConfigTable resolved = config.ToTable();
        return new LoadedExperiment(point.Label, config, resolved, ConfigFingerprint.Of(resolved, ExperimentConfig.Schema, components));
    }
}

using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Loading;

/// <summary>From experiment files to bound experiments: read, merge, override, check, bind. Computes nothing and loads no libtorch.</summary>
/// <param name="components">What a <c>plugin</c> key may name.</param>
/// <param name="getVariable">Environment; null to leave out what depends on the machine: variables stay as they are written, files are not looked for.</param>
internal sealed class ExperimentLoader(IReadOnlyList<ComponentDescriptor> components, Func<string, string?>? getVariable)
{
    private readonly ExperimentFileReader files = new();

    /// <summary>Loads a file; every error of it is in the result.</summary>
    /// <param name="path">The TOML file.</param>
    /// <param name="overrides">KEY=VALUE, applied in order after <c>extends</c>.</param>
    public LoadedFile Load(string path, IReadOnlyList<string> overrides)
    {
        ParsedFile file = ExperimentSource.Override(ExperimentSource.Resolve(ExperimentFileReader.Read(path), files.Find), overrides);
        CheckedExperiment found = ExperimentChecker.Check(file, ExperimentConfig.Schema, components, getVariable);
        List<ConfigDiagnostic> diagnostics = [.. found.Diagnostics];
        LoadedExperiment[] experiments = [.. found.Points.Select(point => Bind(point, diagnostics))];
        bool failed = diagnostics.Any(diagnostic => diagnostic.IsError);
        return new LoadedFile(failed ? [] : experiments, found.IsSweep, found.IsPart, ConfigDiagnostic.Ordered(diagnostics));
    }

    /// <summary>Loads a file that is to be an experiment or a sweep of such, not a part.</summary>
    public LoadedFile LoadWhole(string path, IReadOnlyList<string> overrides)
    {
        LoadedFile file = Load(path, overrides);
        return file.IsPart ? Refused(file, "HEM033", "the file is a part, for its name begins with '_'; name a file that extends it", path) : file;
    }

    /// <summary>Loads a file that is to be one experiment.</summary>
    public LoadedFile LoadOne(string path, IReadOnlyList<string> overrides)
    {
        LoadedFile file = LoadWhole(path, overrides);
        return file is { IsSweep: true, IsPart: false } ? Refused(file, "HEM033", $"the file has a [sweep]; 'hiendmae sweep {path}' runs it", path) : file;
    }

    /// <summary>Loads a file that is to be a sweep.</summary>
    public LoadedFile LoadSweep(string path, IReadOnlyList<string> overrides)
    {
        LoadedFile file = LoadWhole(path, overrides);
        return file.IsSweep || !file.IsValid ? file
            : Refused(file, "HEM034", SweepExpander.NothingToVary, path);
    }

    private static LoadedFile Refused(LoadedFile file, string id, string message, string path) => file with
    {
        Experiments = [],
        Diagnostics = [.. file.Diagnostics, new ConfigDiagnostic(id, true, message, new SourceSpan(path, 1, 1))],
    };

    /// <summary>Loads a [datasets.NAME] of a file by itself; the file may be a part.</summary>
    /// <returns>Null where there is an error.</returns>
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
                found.Add(new ConfigDiagnostic("HEM022", true, $"there is no [datasets.{NearestName.Shorten(name)}]; there are: {there}{NearestName.Suggest(name, names)}", new SourceSpan(path, 1, 1)));
            }
            else if (ConfigChecker.Check(table, DataConfig.Schema, $"[datasets.{name}]", new CheckContext(components, found.Add) { GetVariable = getVariable }) && found.All(one => !one.IsError))
            {
                data = DataConfig.Read(table, new BindContext(components, getVariable ?? (variable => $"${{env:{variable}}}")));
                data.Check(table, $"[datasets.{name}]", found.Add);
            }
        }
        return (found.Any(one => one.IsError) ? null : data, ConfigDiagnostic.Ordered(found));
    }

    private LoadedExperiment Bind(SweepPoint point, List<ConfigDiagnostic> diagnostics)
    {
        ExperimentConfig config = ExperimentConfig.Read(point.Tree, new BindContext(components, getVariable ?? (name => $"${{env:{name}}}")));
        int before = diagnostics.Count;
        config.Check(point.Tree, ExperimentChecker.Title, diagnostics.Add);
        config = config.Completed();
        if (diagnostics.Skip(before).All(diagnostic => !diagnostic.IsError)) ModelRules.Check(config, point.Tree, diagnostics.Add);
        ConfigTable resolved = config.ToTable();
        return new LoadedExperiment(point.Label, config, TomlText.Document(resolved), ConfigFingerprint.Of(resolved, ExperimentConfig.Schema, components));
    }
}

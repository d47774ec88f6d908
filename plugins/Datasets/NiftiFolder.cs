using HiEndMae.Imaging;
using Microsoft.Extensions.FileSystemGlobbing;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Checks a folder against its config and lists its cases.</summary>
internal sealed class NiftiFolder : Dataset
{
    private readonly NiftiFolderConfig config;
    private readonly string[] images;
    private readonly LabelTable? table;
    private readonly Dictionary<string, string> ids;

    public NiftiFolder(NiftiFolderConfig config, DatasetContext context)
    {
        this.config = config;
        if (!Directory.Exists(config.Root)) throw new VolumeException($"There is no folder '{config.Root}'.");
        images = FindImages(context);
        table = CreateTable();
        CheckFiles();
        ids = CreateIds();
        CheckPatients(context);
        string name = Path.GetFileName(config.Root.TrimEnd('/', '\\'));
        Info = table?.Describe(name, [config.Channel]) ?? new DatasetInfo(name, [config.Channel], []);
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Pretraining when images.Length > 0 => images.Select(path => new NiftiCase([path], [], ids[path], PatientOf(path), null)),
        DatasetSplit.Pretraining or DatasetSplit.Training => config.Training.Select(Labelled),
        DatasetSplit.Validation => config.Validation.Select(Labelled),
        _ => config.Test.Select(Labelled),
    };

    private IEnumerable<CaseEntry> AllEntries => config.Training.Concat(config.Validation).Concat(config.Test);

    private string[] FindImages(DatasetContext context)
    {
        if (config.Images.Count == 0)
        {
            return AllEntries.Any() ? [] : throw new VolumeException($"The dataset in '{config.Root}' names neither images nor training, validation or test cases.");
        }
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddIncludePatterns(config.Images);
        // Patterns such as **/*.nii.gz also match label maps beside the images, which are not used for pre-training.
        HashSet<string> labels = [.. AllEntries.Select(entry => Full(entry.Label))];
        IEnumerable<string> matched = matcher.Execute(new VisibleFolder(config.Root, context.Cancel)).Files.Select(match => Full(match.Path)).Where(path => !labels.Contains(path));
        // An image that a labelled case names by another path is that case's image.
        var paths = new RealPaths();
        Dictionary<string, string> named = AllEntries.Select(entry => Full(entry.Image)).DistinctBy(paths.Of).ToDictionary(paths.Of);
        string[] found = [.. new DistinctFiles(config.Root, context.Warn).Of(matched).Select(path => named.GetValueOrDefault(paths.Of(path), path))];
        return found.Length > 0 ? found : throw new VolumeException($"No file in '{config.Root}' matches {string.Join(" or ", config.Images.Select(pattern => $"'{pattern}'"))}.");
    }

    private LabelTable? CreateTable()
    {
        if (config.Labels.Count > 0 || config.Regions.Count > 0) return LabelTable.Of(config.Labels, config.Regions, config.Ignore, othersAreBackground: true, config.Root);
        return AllEntries.Any() ? throw new VolumeException($"The dataset in '{config.Root}' has labelled cases but no 'labels' to name their values.") : null;
    }

    private void CheckFiles()
    {
        string[] missing = [.. AllEntries.SelectMany(entry => new[] { entry.Image, entry.Label }).Distinct().Where(file => !ListedFiles.Exists(Full(file)))];
        if (missing.Length > 0) throw new VolumeException($"'{config.Root}' has no file {string.Join(", ", missing.Select(file => $"'{file}'"))}.");
    }

    private void CheckPatients(DatasetContext context)
    {
        (string Name, HashSet<string> Patients)[] sides = [("training", Patients(config.Training)), ("validation", Patients(config.Validation)), ("test", Patients(config.Test))];
        foreach ((string name, HashSet<string> patients) in sides)
        {
            foreach ((string other, HashSet<string> others) in sides)
            {
                if (string.CompareOrdinal(name, other) < 0 && patients.FirstOrDefault(others.Contains) is { } both)
                    throw new VolumeException($"The dataset in '{config.Root}' has patient '{both}' in both {other} and {name}.");
            }
        }
        if (AllEntries.GroupBy(entry => Full(entry.Image)).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            throw new VolumeException($"The dataset in '{config.Root}' names the image '{twice.First().Image}' twice.");
        string[] seen = [.. images.Where(path => sides[2].Patients.Contains(PatientOf(path))).Select(path => Path.GetRelativePath(config.Root, path))];
        if (seen.Length > 0) context.Warn($"patients of the test split are pre-trained on, without their labels: {string.Join(", ", seen)}.");
    }

    // Returns the file name, or the path from the root if several folders have files with this name (case1/ct.nii.gz, case2/ct.nii.gz).
    private Dictionary<string, string> CreateIds()
    {
        string[] paths = [.. images.Concat(AllEntries.Select(entry => Full(entry.Image))).Distinct()];
        HashSet<string> shared = [.. paths.GroupBy(NameOf).Where(group => group.Skip(1).Any()).Select(group => group.Key)];
        Dictionary<string, string> names = paths.ToDictionary(path => path, path => shared.Contains(NameOf(path)) ? PathName(path) : NameOf(path));
        if (names.GroupBy(name => name.Value).FirstOrDefault(group => group.Skip(1).Any()) is { } clash)
            throw new VolumeException($"The dataset in '{config.Root}' would give '{clash.First().Key}' and '{clash.Last().Key}' the same name '{clash.Key}': rename one of them.");
        return names;
    }

    private NiftiCase Labelled(CaseEntry entry) => new([Full(entry.Image)], Full(entry.Label), ids[Full(entry.Image)], PatientOf(Full(entry.Image)), table);

    private HashSet<string> Patients(IEnumerable<CaseEntry> entries) => [.. entries.Select(entry => entry.Patient.Length > 0 ? entry.Patient : ids[Full(entry.Image)])];

    // An image that is also a labelled case belongs to the patient of that case.
    private string PatientOf(string image) => AllEntries.FirstOrDefault(entry => Full(entry.Image) == image && entry.Patient.Length > 0)?.Patient ?? ids[image];

    private string Full(string file) => Path.GetFullPath(Path.Combine(config.Root, file));

    private string PathName(string path)
    {
        string relative = Path.GetRelativePath(config.Root, path).Replace('\\', '/');
        string folder = Path.GetDirectoryName(relative) ?? "";
        return folder.Length == 0 ? NameOf(path) : $"{folder.Replace('\\', '/').Replace('/', '_')}_{NameOf(path)}";
    }

    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        int end = name.IndexOf(".nii", StringComparison.OrdinalIgnoreCase);
        return end > 0 ? name[..end] : Path.GetFileNameWithoutExtension(name);
    }
}

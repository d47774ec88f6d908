using HiEndMae.Imaging;
using Microsoft.Extensions.FileSystemGlobbing;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Checks a folder against its config at once, and lists its cases.</summary>
internal sealed class NiftiFolder : Dataset
{
    private readonly NiftiFolderConfig config;
    private readonly string[] images;
    private readonly ushort[]? classOf;

    public NiftiFolder(NiftiFolderConfig config, DatasetContext context)
    {
        this.config = config;
        if (!Directory.Exists(config.Root)) throw new VolumeException($"There is no folder '{config.Root}'.");
        images = FindImages();
        classOf = CreateClassTable();
        CheckFiles();
        CheckPatients(context);
        Info = new DatasetInfo(Path.GetFileName(config.Root.TrimEnd('/', '\\')), [config.Channel],
            config.Labels.Count == 0 ? [] : ["background", .. config.Labels.Select(label => label.Name)]);
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Pretraining when images.Length > 0 => images.Select(path => new NiftiCase(path, null, IdOf(path), IdOf(path), null)),
        DatasetSplit.Pretraining or DatasetSplit.Training => config.Training.Select(Labelled),
        DatasetSplit.Validation => config.Validation.Select(Labelled),
        _ => config.Test.Select(Labelled),
    };

    private IEnumerable<CaseEntry> AllEntries => config.Training.Concat(config.Validation).Concat(config.Test);

    private string[] FindImages()
    {
        if (config.Images.Count == 0)
        {
            return AllEntries.Any() ? [] : throw new VolumeException($"The dataset in '{config.Root}' names neither images nor training, validation or test cases.");
        }
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddIncludePatterns(config.Images);
        string[] found = [.. matcher.GetResultsInFullPath(config.Root).Order(StringComparer.Ordinal)];
        return found.Length > 0 ? found : throw new VolumeException($"No file in '{config.Root}' matches {string.Join(" or ", config.Images.Select(pattern => $"'{pattern}'"))}.");
    }

    private ushort[]? CreateClassTable()
    {
        if (config.Labels.Count == 0)
        {
            return AllEntries.Any() ? throw new VolumeException($"The dataset in '{config.Root}' has labelled cases but no 'labels' to name their values.") : null;
        }
        var table = new ushort[ushort.MaxValue + 1];
        for (int i = 0; i < config.Labels.Count; i++)
        {
            LabelEntry label = config.Labels[i];
            if (table[label.Id] != 0) throw new VolumeException($"The dataset in '{config.Root}' gives the label value {label.Id} two names, '{config.Labels[table[label.Id] - 1].Name}' and '{label.Name}'.");
            if (config.Labels.Take(i).Any(other => other.Name == label.Name)) throw new VolumeException($"The dataset in '{config.Root}' has two labels named '{label.Name}'.");
            table[label.Id] = (ushort)(i + 1);
        }
        return table;
    }

    private void CheckFiles()
    {
        string[] missing = [.. AllEntries.SelectMany(entry => new[] { entry.Image, entry.Label }).Distinct().Where(file => !File.Exists(Path.Combine(config.Root, file)))];
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
        string[] seen = [.. config.Test.Where(entry => images.Contains(Path.GetFullPath(Path.Combine(config.Root, entry.Image)))).Select(entry => entry.Image)];
        if (seen.Length > 0) context.Warn($"images of the test split are pre-trained on, without their labels: {string.Join(", ", seen)}.");
    }

    private DatasetCase Labelled(CaseEntry entry) => new NiftiCase(
        Path.GetFullPath(Path.Combine(config.Root, entry.Image)), Path.GetFullPath(Path.Combine(config.Root, entry.Label)), IdOf(entry.Image), PatientOf(entry), classOf);

    private static HashSet<string> Patients(IEnumerable<CaseEntry> entries) => [.. entries.Select(PatientOf)];

    private static string PatientOf(CaseEntry entry) => entry.Patient.Length > 0 ? entry.Patient : IdOf(entry.Image);

    private static string IdOf(string path)
    {
        string name = Path.GetFileName(path);
        int end = name.IndexOf(".nii", StringComparison.OrdinalIgnoreCase);
        return end > 0 ? name[..end] : Path.GetFileNameWithoutExtension(name);
    }
}

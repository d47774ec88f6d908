using System.Globalization;
using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Reads a folder in nnU-Net's format and checks its files.</summary>
internal sealed class Nnunet : Dataset
{
    private const string DefaultEnding = ".nii.gz";
    private static readonly string[] Endings = [DefaultEnding, ".nii", ".nrrd", ".nhdr", ".mha", ".mhd"];
    private readonly NnunetConfig config;
    private readonly IReadOnlyList<string> validationNames;
    private readonly IReadOnlyList<string> testNames;
    private readonly string ending;
    private readonly LabelTable table;
    private readonly Dictionary<string, Entry> training;
    private readonly Dictionary<string, Entry> test;

    public Nnunet(NnunetConfig config, DatasetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.config = config;
        using var json = new DatasetJson(Path.Combine(config.Root, "dataset.json"));
        ending = EndingOf(json.Text("file_ending"), json.ListedCases() is null, context.Warn);
        table = json.Labels(config.Regions, config.Ignore, config.Root);
        Info = table.Describe(json.Text("name") is { Length: > 0 } said ? said : Path.GetFileName(config.Root.TrimEnd('/', '\\')), json.Channels());
        var distinct = new DistinctFiles(config.Root, context.Warn);
        training = json.ListedCases() is { } listed
            ? Listed(listed, distinct, context.Warn)
            : CasesOf("Tr", distinct, context.Cancel);
        if (training.Count == 0) throw new VolumeException($"There is no image CASE_0000{ending} in '{Path.Combine(config.Root, "imagesTr")}'.");
        test = CasesOf("Ts", distinct, context.Cancel);
        CheckSplits();
        CheckFiles(context);
        json.WarnOfCounts(training.Count, context.Warn);
        (validationNames, testNames) = config.Split.IsDrawn
            ? config.Split.Draw([.. training.Where(entry => entry.Value.Label is not null).Select(entry => (entry.Key, PatientName.Of(entry.Key, config.Patient)))], config.Root)
            : (config.Validation, config.Test);
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Pretraining => Of(training, training.Keys.Except(testNames), withLabel: false),
        DatasetSplit.Training => Of(training, config.Training.Count > 0 ? config.Training : training.Keys.Except(validationNames).Except(testNames), withLabel: true),
        DatasetSplit.Validation => Of(training, validationNames, withLabel: true),
        _ when testNames.Count > 0 => Of(training, testNames, withLabel: true),
        _ => Of(test, test.Where(entry => entry.Value.Label is not null).Select(entry => entry.Key), withLabel: true),
    };

    // dataset.json may name another format than the files have: the files are right.
    private string EndingOf(string? said, bool isFound, Action<string> warn)
    {
        string named = said is null ? DefaultEnding : said.StartsWith('.') ? said : "." + said;
        string images = Path.Combine(config.Root, "imagesTr");
        if (isFound && Directory.Exists(images))
        {
            string[] files = [.. FolderListing.Files(images).Select(path => Path.GetFileName(path)!)];
            string[] there = [.. Endings.Where(one => files.Any(file => file.EndsWith("_0000" + one, StringComparison.OrdinalIgnoreCase)))];
            if (there.Length == 1 && !there.Contains(named, StringComparer.OrdinalIgnoreCase))
            {
                if (said is not null) warn($"'{Path.Combine(config.Root, "dataset.json")}' says that files end in '{said}' (file_ending), but those in imagesTr end in '{there[0]}'; these are used.");
                return there[0];
            }
        }
        return Endings.FirstOrDefault(one => string.Equals(one, named, StringComparison.OrdinalIgnoreCase))
            ?? throw new VolumeException($"'{config.Root}' has files ending in '{named}'; {string.Join(", ", Endings)} are read.");
    }

    private IEnumerable<DatasetCase> Of(Dictionary<string, Entry> cases, IEnumerable<string> names, bool withLabel) => names.Order(StringComparer.Ordinal).Select(name =>
        new NiftiCase(cases[name].Images, withLabel ? cases[name].Label : null, name, PatientName.Of(name, config.Patient), table));

    private Dictionary<string, Entry> Listed(IReadOnlyDictionary<string, (IReadOnlyList<string> Images, string? Label)> cases, DistinctFiles distinct, Action<string> warn)
    {
        var found = new Dictionary<string, Entry>(StringComparer.Ordinal);
        foreach ((string name, (IReadOnlyList<string> images, string? label)) in cases)
        {
            if (distinct.Add(Full(images[0]))) found[name] = new Entry([.. images.Select(Full)], label is null ? null : Full(label));
            else warn($"case '{name}' of dataset.json in '{config.Root}' has the image of another case, '{images[0]}'; it is left out.");
        }
        return found;
    }

    // Files without the number of a channel do not belong to nnU-Net's format.
    private Dictionary<string, Entry> CasesOf(string part, DistinctFiles distinct, CancellationToken cancel)
    {
        string folder = Path.Combine(config.Root, "images" + part), first = "_0000" + ending;
        var found = new Dictionary<string, Entry>(StringComparer.Ordinal);
        if (!Directory.Exists(folder)) return found;
        foreach (string path in FolderListing.Files(folder).Where(path => path.EndsWith(first, StringComparison.Ordinal) && distinct.Add(path)))
        {
            cancel.ThrowIfCancellationRequested();
            string name = Path.GetFileName(path)[..^first.Length], label = Path.Combine(config.Root, "labels" + part, name + ending);
            found[name] = new Entry(
                [.. Info.ChannelNames.Select((_, channel) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}_{channel:0000}{ending}")))],
                part == "Tr" || ListedFiles.Exists(label) ? label : null);
        }
        return found;
    }

    private void CheckSplits()
    {
        (string Name, IReadOnlyList<string> Cases)[] splits = [("training", config.Training), ("validation", config.Validation), ("test", config.Test)];
        foreach ((string name, IReadOnlyList<string> cases) in splits)
        {
            if (cases.Except(training.Keys).FirstOrDefault() is { } unknown)
                throw new VolumeException($"'{config.Root}' has no case '{unknown}' in imagesTr{NearestName.Suggest(unknown, training.Keys)}");
            foreach ((string other, IReadOnlyList<string> others) in splits)
            {
                if (string.CompareOrdinal(name, other) < 0 && cases.Intersect(others).FirstOrDefault() is { } both) throw new VolumeException($"'{config.Root}': case '{both}' is in both {name} and {other}.");
            }
        }
    }

    // A training image without its label map can still be pre-trained on.
    private void CheckFiles(DatasetContext context)
    {
        ListedFiles.Require(config.Root, training.Values.Concat(test.Values).SelectMany(entry => entry.Images));
        string[] chosen = [.. config.Training.Concat(config.Validation).Concat(config.Test)], missing = [.. training.Where(entry => !(entry.Value.Label is { } label && ListedFiles.Exists(label))).Select(entry => entry.Key)];
        IEnumerable<string> needed = missing.Length == training.Count ? missing : missing.Intersect(chosen);
        ListedFiles.Require(config.Root, needed.Select(name => training[name].Label ?? $"labelsTr/{name}{ending}"));
        foreach (string name in missing)
        {
            context.Warn($"'{Path.GetRelativePath(config.Root, training[name].Images[0])}' in '{config.Root}' has no label map; it is not among the labelled cases.");
            training[name] = training[name] with { Label = null };
        }
        string labels = Path.Combine(config.Root, "labelsTr");
        HashSet<string> used = [.. training.Values.Select(entry => entry.Label).OfType<string>()];
        foreach (string path in Directory.Exists(labels) ? FolderListing.Files(labels) : [])
        {
            if (path.EndsWith(ending, StringComparison.Ordinal) && !used.Contains(path)) context.Warn($"the label map '{Path.GetRelativePath(config.Root, path)}' in '{config.Root}' has no image.");
        }
    }

    private string Full(string file) => Path.GetFullPath(Path.Combine(config.Root, file));

    private sealed record Entry(IReadOnlyList<string> Images, string? Label);
}

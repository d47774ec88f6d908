using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Reads a Decathlon list and checks that its files exist.</summary>
internal sealed class Decathlon : Dataset
{
    private readonly DecathlonConfig config;
    private readonly LabelTable table;
    private readonly HashSet<string> held;
    private readonly IReadOnlyList<(IReadOnlyList<string> Images, string? Label)> validation;
    private readonly IReadOnlyList<(IReadOnlyList<string> Images, string? Label)> test;
    private readonly Dictionary<string, IReadOnlyList<(IReadOnlyList<string> Images, string? Label)>> lists = new(StringComparer.Ordinal);

    public Decathlon(DecathlonConfig config, DatasetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.config = config;
        using var json = new DatasetJson(Path.Combine(config.Root, config.List));
        table = json.Labels(config.Regions, config.Ignore, config.Root);
        foreach (string name in config.PretrainingLists.Concat([config.TrainingList, config.ValidationList, config.TestList]).Distinct()) 
            lists[name] = CountedOnce(json.Cases(name), context);
        if (lists.Values.All(list => list.Count == 0)) throw new VolumeException($"'{Path.Combine(config.Root, config.List)}' lists no case under {string.Join(", ", lists.Keys.Select(name => $"'{name}'"))}.");
        CheckFiles();
        CheckSplits();
        (IReadOnlyList<string> validationNames, IReadOnlyList<string> testNames) = config.Split.IsDrawn
            ? config.Split.Draw([.. lists[config.TrainingList].Where(entry => entry.Label is not null).Select(entry => (NameOf(entry.Images[0]), PatientName.Of(NameOf(entry.Images[0]), config.Patient)))], config.Root)
            : (config.Validation, config.Test);
        validation = config.Split.IsDrawn && validationNames.Count == 0 ? [] : Chosen(validationNames, config.ValidationList);
        test = config.Split.IsDrawn && testNames.Count == 0 ? [] : Chosen(testNames, config.TestList);
        held = [.. validationNames, .. testNames];
        json.WarnOfCounts(lists[config.TrainingList].Count, context.Warn);
        Info = table.Describe(json.Text("name") is { Length: > 0 } said ? said : Path.GetFileName(config.Root.TrimEnd('/', '\\')), json.Channels());
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Pretraining => config.PretrainingLists.SelectMany(name => lists[name]).DistinctBy(entry => entry.Images[0]).Where(IsFree).Select(entry => Create(entry.Images, null)),
        DatasetSplit.Training => Labelled(lists[config.TrainingList].Where(IsFree)),
        DatasetSplit.Validation => Labelled(validation),
        _ => Labelled(test),
    };

    private IEnumerable<DatasetCase> Labelled(IEnumerable<(IReadOnlyList<string> Images, string? Label)> entries) =>
        entries.Where(entry => entry.Label is not null).Select(entry => Create(entry.Images, entry.Label));

    private IReadOnlyList<(IReadOnlyList<string> Images, string? Label)> CountedOnce(IReadOnlyList<(IReadOnlyList<string> Images, string? Label)> list, DatasetContext context)
    {
        var distinct = new DistinctFiles(config.Root, context.Warn);
        return [.. list.Where(entry => distinct.Add(Full(entry.Images[0])))];
    }

    private bool IsFree((IReadOnlyList<string> Images, string? Label) entry) => !held.Contains(NameOf(entry.Images[0]));

    // Returns the cases of the training list that the config names, or those of a list.
    private IReadOnlyList<(IReadOnlyList<string> Images, string? Label)> Chosen(IReadOnlyList<string> names, string list)
    {
        if (names.Count == 0) return lists[list];
        var byName = lists[config.TrainingList].ToDictionary(entry => NameOf(entry.Images[0]));
        if (names.FirstOrDefault(name => !byName.ContainsKey(name)) is { } unknown)
            throw new VolumeException($"'{config.TrainingList}' of '{config.Root}' lists no case '{unknown}'{NearestName.Suggest(unknown, byName.Keys)}");
        return [.. names.Select(name => byName[name])];
    }

    private NiftiCase Create(IReadOnlyList<string> images, string? label) =>
        new([.. images.Select(Full)], label is null ? null : Full(label), NameOf(images[0]), PatientName.Of(NameOf(images[0]), config.Patient), table);

    private void CheckFiles()
    {
        ListedFiles.Require(config.Root, lists.Values.SelectMany(list => list).SelectMany(entry => entry.Images.Append(entry.Label)).OfType<string>());
        if (lists.Values.SelectMany(list => list).Select(entry => entry.Images[0]).Distinct().GroupBy(NameOf).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
            throw new VolumeException($"'{config.Root}' would give '{twice.First()}' and '{twice.Last()}' the same name '{twice.Key}': rename one of them.");
    }

    // The official code uses one list for validation and testing. A list for training must be different.
    private void CheckSplits()
    {
        var paths = new RealPaths();
        HashSet<string> trained = [.. lists[config.TrainingList].Select(entry => paths.Of(Full(entry.Images[0])))];
        foreach (string name in new[] { config.ValidationList, config.TestList }.Where(name => name != config.TrainingList).Distinct())
        {
            if (lists[name].FirstOrDefault(entry => trained.Contains(paths.Of(Full(entry.Images[0])))) is { Images: not null } both)
                throw new VolumeException($"'{config.Root}' has '{both.Images[0]}' in both '{config.TrainingList}' and '{name}'.");
        }
    }

    private string Full(string file) => Path.GetFullPath(Path.Combine(config.Root, file));

    private static string NameOf(string path)
    {
        string name = Path.GetFileName(path);
        int end = name.IndexOf(".nii", StringComparison.OrdinalIgnoreCase);
        return end > 0 ? name[..end] : name;
    }
}

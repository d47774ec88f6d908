using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Finds the files of a published layout and checks that they belong together.</summary>
internal sealed class Layout : Dataset
{
    private readonly LayoutConfig config;
    private readonly LabelTable table;
    private readonly List<Entry> entries = [];

    public Layout(LayoutConfig config, DatasetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.config = config;
        if (!Directory.Exists(config.Root)) throw new VolumeException($"There is no folder '{config.Root}'.");
        table = LabelTable.Of(config.Labels, config.Regions, config.Ignore, config.OtherLabelsAreBackground, config.Root);
        foreach (LayoutSource source in config.Sources) AddSource(source, context);
        CountFilesOnce(context);
        if (entries.Count == 0) throw new VolumeException($"No file in '{config.Root}' follows {string.Join(" or ", config.Sources.Select(source => $"'{source.Images[0]}'"))}.");
        if (entries.GroupBy(entry => entry.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            throw new VolumeException($"'{config.Root}' would give '{twice.First().Images[0]}' and '{twice.Last().Images[0]}' the same name '{twice.Key}': give one of their sources a 'prefix'.");
        ListedFiles.RequireAny(config.Root, entries.SelectMany(entry => entry.Images));
        ReportLabels(context);
        MoveCases();
        string name = config.Title.Length > 0 ? config.Title : Path.GetFileName(config.Root.TrimEnd('/', '\\'));
        Info = config.Labels.Count == 0 && config.Regions.Count == 0 ? new DatasetInfo(name, config.Channels, []) : table.Describe(name, config.Channels);
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split switch
    {
        DatasetSplit.Pretraining => entries.Where(entry => config.PretrainOnTest || entry.Split != SourceSplit.Test).Select(entry => Create(entry, withLabel: false)),
        DatasetSplit.Training => Of(SourceSplit.Training),
        DatasetSplit.Validation when config.ValidateOnTest => Of(SourceSplit.Test),
        DatasetSplit.Validation => Of(SourceSplit.Validation),
        _ => Of(SourceSplit.Test),
    };

    private IEnumerable<DatasetCase> Of(SourceSplit split) => entries.Where(entry => entry.Split == split).Select(entry => Create(entry, withLabel: true));

    private void AddSource(LayoutSource source, DatasetContext context)
    {
        IReadOnlyList<(string Name, string Path)> found = CasePattern.Find(config.Root, source.Images[0], context.Cancel);
        if (found.Count == 0 && !source.Optional && config.Sources.Count > 1) throw new VolumeException($"No file in '{config.Root}' follows '{source.Images[0]}'; if that part of the dataset is not wanted, give its source 'optional = true'.");
        foreach ((string name, string path) in found)
        {
            string[] images = [path, .. source.Images.Skip(1).Select(pattern => CasePattern.PathOf(config.Root, pattern, name))];
            string? label = source.Label.Length == 0 || source.Split == SourceSplit.Unlabelled ? null : CasePattern.PathOf(config.Root, source.Label, name);
            entries.Add(new Entry(source.Prefix + name, images, label is null ? [] : FilesOf(label)) { Split = source.Split });
        }
    }

    // If a case occurs with and without a label map, the one with the label map is kept.
    private void CountFilesOnce(DatasetContext context)
    {
        var distinct = new DistinctFiles(config.Root, context.Warn);
        HashSet<Entry> kept = [.. entries.OrderBy(entry => !entry.HasLabel).Where(entry => distinct.Add(entry.Images[0]))];
        entries.RemoveAll(entry => !kept.Contains(entry));
    }

    // If some images have no label map, the others are still used. If no image has a label map, the pattern is wrong.
    private void ReportLabels(DatasetContext context)
    {
        Entry[] labelled = [.. entries.Where(entry => entry.HasLabel)];
        HashSet<string> used = [.. labelled.SelectMany(entry => entry.Labels).Select(label => label.Path)];
        if (labelled.Length > 0 && labelled.All(entry => entry.Labels.All(label => !IsThere(label.Path)))) ListedFiles.RequireAny(config.Root, used);
        foreach (Entry entry in labelled)
        {
            LabelFile[] there = [.. entry.Labels.Where(label => IsThere(label.Path))], missing = [.. entry.Labels.Except(there)];
            if (missing.Length == 0) continue;
            string named = $"'{Path.GetRelativePath(config.Root, missing[0].Path)}'{(missing.Length > 1 ? $" and {missing.Length - 1} more" : "")}";
            string end = there.Length == 0 ? "it is not among the labelled cases" : "the class counts as absent";
            context.Warn($"'{Path.GetRelativePath(config.Root, entry.Images[0])}' in '{config.Root}' has no label map {named}; {end}.");
            entry.Labels = there;
        }
        foreach (LayoutSource source in config.Sources.Where(source => source.Label.Length > 0 && !source.Label.Contains(CasePattern.Label, StringComparison.Ordinal) && source.Split != SourceSplit.Unlabelled))
        {
            foreach ((_, string path) in CasePattern.Find(config.Root, source.Label, context.Cancel).Where(found => !used.Contains(found.Path)))
            {
                if (used.Add(path)) context.Warn($"the label map '{Path.GetRelativePath(config.Root, path)}' in '{config.Root}' has no image.");
            }
        }
    }

    private void MoveCases()
    {
        Entry[] training = [.. entries.Where(entry => entry.Split == SourceSplit.Training)];
        Move(config.Validation, SourceSplit.Validation);
        Move(config.Test, SourceSplit.Test);
        if (config.Split.IsDrawn)
        {
            (IReadOnlyList<string> validation, IReadOnlyList<string> test) = config.Split.Draw([.. training.Where(entry => entry.HasLabel).Select(entry => (entry.Name, PatientName.Of(entry.Name, config.Patient)))], config.Root);
            Move(validation, SourceSplit.Validation);
            Move(test, SourceSplit.Test);
        }
        if (config.TestCount == 0) return;
        Entry[] left = [.. training.Where(entry => entry.Split == SourceSplit.Training)];
        if (config.TestCount >= left.Length) throw new VolumeException($"'{config.Root}' has {left.Length} cases to train on; {config.TestCount} of them cannot be kept for the test.");
        // Patients are drawn as a whole, so that no patient is on both sides. There may be a few more cases than asked for.
        int moved = 0;
        foreach (IGrouping<string, Entry> patient in SeededOrder.By(left.GroupBy(entry => PatientName.Of(entry.Name, config.Patient)), group => group.Key, config.SplitSeed))
        {
            if (moved >= config.TestCount) break;
            foreach (Entry entry in patient)
            {
                entry.Split = SourceSplit.Test;
                moved++;
            }
        }

        void Move(IReadOnlyList<string> names, SourceSplit split)
        {
            foreach (string name in names)
            {
                Entry entry = training.FirstOrDefault(entry => entry.Name == name)
                    ?? throw new VolumeException($"'{config.Root}' has no training case '{name}'{NearestName.Suggest(name, training.Select(one => one.Name))}");
                if (entry.Split != SourceSplit.Training) throw new VolumeException($"'{config.Root}': case '{name}' is in both validation and test.");
                entry.Split = split;
            }
        }
    }

    // A file, or the folder of a DICOM series.
    private static bool IsThere(string path) => Directory.Exists(path) || ListedFiles.Exists(path);

    // Returns the label map, or the mask of every class if the pattern contains the name of the class.
    private LabelFile[] FilesOf(string label) => label.Contains(CasePattern.Label, StringComparison.Ordinal)
        ? [.. config.Labels.Select((one, index) => new LabelFile(label.Replace(CasePattern.Label, one.Name, StringComparison.Ordinal), (ushort)(index + 1)))]
        : [new LabelFile(label, null)];

    private NiftiCase Create(Entry entry, bool withLabel) => new(
        entry.Images, withLabel ? entry.Labels : [], entry.Name, PatientName.Of(entry.Name, config.Patient), withLabel ? table : null);

    private sealed class Entry(string name, IReadOnlyList<string> images, IReadOnlyList<LabelFile> labels)
    {
        public string Name => name;

        public IReadOnlyList<string> Images => images;

        public IReadOnlyList<LabelFile> Labels { get; set; } = labels;

        public bool HasLabel => Labels.Count > 0;

        public SourceSplit Split { get; set; }
    }
}

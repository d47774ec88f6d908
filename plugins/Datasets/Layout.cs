using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Finds the files of a published layout and checks that they belong together.</summary>
internal sealed class Layout : Dataset
{
    private readonly LayoutConfig config;
    private readonly ushort[] classOf;
    private readonly List<Entry> entries = [];

    public Layout(LayoutConfig config, DatasetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        this.config = config;
        if (!Directory.Exists(config.Root)) throw new VolumeException($"There is no folder '{config.Root}'.");
        classOf = new ushort[ushort.MaxValue + 1];
        for (int i = 0; i < config.Labels.Count; i++) classOf[config.Labels[i].Id] = (ushort)(i + 1);
        foreach (LayoutSource source in config.Sources) AddSource(source);
        if (entries.Count == 0) throw new VolumeException($"No file in '{config.Root}' follows {string.Join(" or ", config.Sources.Select(source => $"'{source.Images[0]}'"))}.");
        if (entries.GroupBy(entry => entry.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            throw new VolumeException($"'{config.Root}' would call both '{twice.First().Images[0]}' and '{twice.Last().Images[0]}' '{twice.Key}': give one of their sources a 'prefix'.");
        ListedFiles.RequireAny(config.Root, entries.SelectMany(entry => entry.Images.Append(entry.Label)).OfType<string>());
        MoveCases();
        string name = config.Title.Length > 0 ? config.Title : Path.GetFileName(config.Root.TrimEnd('/', '\\'));
        Info = new DatasetInfo(name, config.Channels, config.Labels.Count == 0 ? [] : ["background", .. config.Labels.Select(label => label.Name)]);
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

    private void AddSource(LayoutSource source)
    {
        IReadOnlyList<(string Name, string Path)> found = CasePattern.Find(config.Root, source.Images[0]);
        if (found.Count == 0 && !source.Optional && config.Sources.Count > 1) throw new VolumeException($"No file in '{config.Root}' follows '{source.Images[0]}'; if that part of the dataset is not wanted, give its source 'optional = true'.");
        foreach ((string name, string path) in found)
        {
            string[] images = [path, .. source.Images.Skip(1).Select(pattern => CasePattern.PathOf(config.Root, pattern, name))];
            string? label = source.Label.Length == 0 || source.Split == SourceSplit.Unlabelled ? null : CasePattern.PathOf(config.Root, source.Label, name);
            entries.Add(new Entry(source.Prefix + name, images, label) { Split = source.Split });
        }
    }

    private void MoveCases()
    {
        Entry[] training = [.. entries.Where(entry => entry.Split == SourceSplit.Training)];
        Move(config.Validation, SourceSplit.Validation);
        Move(config.Test, SourceSplit.Test);
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

    private NiftiCase Create(Entry entry, bool withLabel) => new(
        entry.Images, withLabel ? entry.Label : null, entry.Name, PatientName.Of(entry.Name, config.Patient), withLabel ? classOf : null, strict: !config.OtherLabelsAreBackground);

    private sealed record Entry(string Name, IReadOnlyList<string> Images, string? Label)
    {
        public SourceSplit Split { get; set; }
    }
}

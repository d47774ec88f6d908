using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>The images of several datasets, each with a share.</summary>
internal sealed class Mixture : Dataset
{
    private readonly IReadOnlyList<DatasetCase> cases;

    public Mixture(MixtureConfig config, DatasetContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Func<HiEndMae.Configuration.IComponentConfig, Dataset> open = context.Open ?? throw new PluginException("A mixture needs a program that creates its datasets.");
        (MixturePart Part, Dataset Dataset)[] parts = [.. config.Parts.Select(part => (part, open(part.Dataset)))];
        Dataset first = parts[0].Dataset;
        if (Array.Find(parts, part => part.Dataset.Info.ChannelNames.Count != first.Info.ChannelNames.Count) is { Dataset: not null } other)
            throw new VolumeException($"All images of a mixture must have the same number of channels: '{first.Info.Name}' has {first.Info.ChannelNames.Count}, '{other.Dataset.Info.Name}' {other.Dataset.Info.ChannelNames.Count}.");
        DatasetCase[] all = [.. parts.SelectMany(part => Of(part.Part, part.Dataset, config.PartSeed))];
        if (all.GroupBy(one => one.Id).FirstOrDefault(same => same.Skip(1).Any()) is { } twice)
            throw new VolumeException($"Two parts of a mixture have a case '{twice.Key}'; give one of them a 'name'.");
        cases = CountedOnce(all, context.Warn);
        Info = new DatasetInfo(string.Join("+", parts.Select(part => NameOf(part.Part, part.Dataset))), first.Info.ChannelNames, []);
    }

    public override DatasetInfo Info { get; }

    public override IEnumerable<DatasetCase> Cases(DatasetSplit split) => split == DatasetSplit.Pretraining ? cases : [];

    private static IEnumerable<DatasetCase> Of(MixturePart part, Dataset dataset, int seed)
    {
        string name = NameOf(part, dataset);
        DatasetCase[] all = [.. dataset.Cases(DatasetSplit.Pretraining)];
        if (all.Length == 0) throw new VolumeException($"'{name}' of the mixture has no images to pre-train on.");
        if (part.Limit > all.Length) throw new VolumeException($"'{name}' of the mixture has {all.Length} images; its limit is {part.Limit}.");
        if (part.Limit is { } limit)
        {
            HashSet<string> chosen = [.. SeededOrder.By(all, one => one.Id, seed).Take(limit).Select(one => one.Id)];
            all = [.. all.Where(one => chosen.Contains(one.Id))];
        }
        return all.Select(one => new PartCase(one, name, part.Weight is { } weight ? weight / all.Length : one.Weight));
    }

    // A dataset may contain scans of another one, and two parts may even use the same folder.
    private static List<DatasetCase> CountedOnce(DatasetCase[] all, Action<string> warn)
    {
        var paths = new RealPaths();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var kept = new List<DatasetCase>();
        foreach (DatasetCase one in all)
        {
            if (one.ImageFiles.Count == 0 || seen.TryAdd(paths.Of(one.ImageFiles[0]), one.Id)) kept.Add(one);
            else warn($"'{one.Id}' of a mixture is the same file as '{seen[paths.Of(one.ImageFiles[0])]}' ('{one.ImageFiles[0]}'); it counts once.");
        }
        return kept;
    }

    private static string NameOf(MixturePart part, Dataset dataset) => part.Name.Length > 0 ? part.Name : dataset.Info.Name;

    private sealed class PartCase(DatasetCase source, string part, double weight) : DatasetCase
    {
        public override string Id => $"{part}-{source.Id}";

        public override string Group => $"{part}-{source.Group}";

        public override bool HasLabel => false;

        public override IReadOnlyList<string> ImageFiles => source.ImageFiles;

        public override string ContentKey => source.ContentKey;

        public override double Weight => weight;

        public override Volume<float> LoadImage(CancellationToken cancel) => source.LoadImage(cancel);

        public override Volume<ushort>? LoadLabel(CancellationToken cancel) => null;
    }
}

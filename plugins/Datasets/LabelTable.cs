using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>Converts the values of a dataset's label maps to class indices.</summary>
internal sealed class LabelTable
{
    /// <summary>Default name of the background.</summary>
    public const string Background = "background";

    private readonly ushort[] indices = new ushort[ushort.MaxValue + 1];
    private readonly bool othersAreBackground;

    /// <summary>Creates the table.</summary>
    /// <param name="classes">Names and values of the classes, from index 1. A class with several values is written as the first of them.</param>
    /// <param name="ignored">Value of voxels without annotation; null for none.</param>
    /// <param name="othersAreBackground">Whether a value without a class is background; otherwise it is an error.</param>
    /// <param name="place">Folder of the dataset, for messages.</param>
    /// <param name="background">Name of the background.</param>
    /// <exception cref="VolumeException">Two classes have the same name or value.</exception>
    public LabelTable(IReadOnlyList<(string Name, IReadOnlyList<int> Values)> classes, int? ignored, bool othersAreBackground, string place, string background = Background)
    {
        this.othersAreBackground = othersAreBackground;
        Names = [background, .. classes.Select(one => one.Name)];
        Values = [0, .. classes.Select(one => one.Values[0])];
        HasIgnored = ignored is not null;
        if (classes.GroupBy(one => one.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice) throw new VolumeException($"The dataset in '{place}' has two labels named '{twice.Key}'.");
        for (int i = 0; i < classes.Count; i++)
        {
            foreach (int value in classes[i].Values)
            {
                if (indices[value] != 0) throw new VolumeException($"The dataset in '{place}' gives the label value {value} two names, '{Names[indices[value]]}' and '{classes[i].Name}'.");
                indices[value] = (ushort)(i + 1);
            }
        }
        if (ignored is not { } unlabelled) return;
        if (indices[unlabelled] != 0) throw new VolumeException($"The dataset in '{place}' ignores the label value {unlabelled}, which is also that of '{Names[indices[unlabelled]]}'.");
        indices[unlabelled] = DatasetInfo.IgnoredIndex;
    }

    private LabelTable(LabelTable other)
    {
        indices = other.indices;
        othersAreBackground = other.othersAreBackground;
        Names = other.Names;
        Values = other.Values;
        HasIgnored = other.HasIgnored;
    }

    /// <summary>Names of the classes, background first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Value of each class in label maps that are written.</summary>
    public IReadOnlyList<int> Values { get; }

    /// <summary>Overlapping regions; empty if there are none.</summary>
    public IReadOnlyList<LabelRegion> Regions { get; private init; } = [];

    /// <summary>Whether some voxels may be ignored.</summary>
    public bool HasIgnored { get; }

    /// <summary>Identity of the table, for caches.</summary>
    public string Key => string.Join(',', indices.Index().Where(entry => entry.Item > 0).Select(entry => $"{entry.Index}={entry.Item}")) + (othersAreBackground ? ",*=0" : "");

    /// <summary>Replaces values by class indices, in place.</summary>
    /// <param name="voxels">Values of a label map.</param>
    /// <param name="path">Path of the label map, for messages.</param>
    /// <exception cref="VolumeException">A value has no class.</exception>
    public void Apply(Span<ushort> voxels, string path)
    {
        for (int i = 0; i < voxels.Length; i++)
        {
            ushort value = voxels[i], index = indices[value];
            if (index == 0 && value != 0 && !othersAreBackground) throw new VolumeException($"'{path}' has the label value {value}, which the dataset does not name.");
            voxels[i] = index;
        }
    }

    /// <summary>Creates the table of the classes in a config.</summary>
    public static LabelTable Of(IReadOnlyList<LabelEntry> labels, IReadOnlyList<RegionEntry> regions, int? ignored, bool othersAreBackground, string place) =>
        WithRegions([.. labels.Select(label => (label.Name, label.Values))], regions, ignored, othersAreBackground, place, Background);

    /// <summary>Creates the table of classes and regions. Each value that only regions use becomes its own class.</summary>
    public static LabelTable WithRegions(
        IReadOnlyList<(string Name, IReadOnlyList<int> Values)> classes, IReadOnlyList<RegionEntry> regions, int? ignored, bool othersAreBackground, string place, string background)
    {
        IEnumerable<int> unnamed = regions.SelectMany(region => region.Ids).Distinct().Except(classes.SelectMany(one => one.Values)).Order();
        var table = new LabelTable([.. classes, .. unnamed.Select(value => ($"label {value}", (IReadOnlyList<int>)[value]))], ignored, othersAreBackground, place, background);
        if (regions.GroupBy(region => region.Name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice) throw new VolumeException($"The dataset in '{place}' has two regions named '{twice.Key}'.");
        return new LabelTable(table) { Regions = [.. regions.Select((region, at) => table.Region(region, regions.Skip(at + 1), place))] };
    }

    private LabelRegion Region(RegionEntry region, IEnumerable<RegionEntry> later, string place)
    {
        int[] classes = [.. region.Ids.Select(id => (int)indices[id]).Distinct().Order()];
        int[] own = region.Value is { } value ? [indices[value]] : [.. classes.Except(later.SelectMany(one => one.Ids).Select(id => (int)indices[id]))];
        return own.Length == 1 && classes.Contains(own[0])
            ? new LabelRegion(region.Name, classes, own[0])
            : throw new VolumeException($"The dataset in '{place}' does not say which value predictions get in region '{region.Name}': give it 'value', one of its ids; regions are written in their order, so list the largest first.");
    }

    /// <summary>Returns the description of the dataset with the values of its classes.</summary>
    public DatasetInfo Describe(string name, IReadOnlyList<string> channels) => new(name, channels, Names) { LabelValues = Values, HasIgnored = HasIgnored, Regions = Regions };
}

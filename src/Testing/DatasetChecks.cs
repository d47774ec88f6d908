using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Testing;

/// <summary>The checks of datasets. Each failure becomes a sentence.</summary>
/// <param name="component">The dataset.</param>
/// <param name="config">Its config.</param>
/// <param name="failures">Receives the failures.</param>
internal sealed class DatasetChecks(ComponentDescriptor component, IComponentConfig config, List<string> failures)
{
    // Only the first scans are read, because reading is slow and they already show the faults of a reader.
    private const int MostRead = 2;

    /// <summary>Runs every check.</summary>
    public void Run()
    {
        Dataset dataset, again;
        try
        {
            dataset = Open();
            again = Open();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            failures.Add($"opening: {error.GetType().Name}: {error.Message}");
            return;
        }
        Names(dataset.Info);
        var parts = new Dictionary<string, DatasetSplit>(StringComparer.Ordinal);
        foreach (DatasetSplit split in Enum.GetValues<DatasetSplit>())
        {
            try
            {
                Split(dataset, again, split, parts);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                failures.Add($"{split}: {error.GetType().Name}: {error.Message}");
            }
        }
    }

    private Dataset Open() => (Dataset)component.Create(config, new DatasetContext(_ => { }));

    private void Names(DatasetInfo info)
    {
        if (info.Name.Length == 0) failures.Add("Info: the name is empty.");
        if (info.ChannelNames.Count == 0) failures.Add("Info: there is no channel; name at least one, such as \"CT\".");
        foreach (string twice in info.LabelNames.GroupBy(name => name, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key))
            failures.Add($"Info: two classes are named '{twice}'.");
        if (info.LabelValues.Count != info.LabelNames.Count) failures.Add($"Info: there are {info.LabelNames.Count} label names and {info.LabelValues.Count} label values.");
    }

    private void Split(Dataset dataset, Dataset again, DatasetSplit split, Dictionary<string, DatasetSplit> parts)
    {
        DatasetCase[] cases = [.. dataset.Cases(split)];
        if (!cases.Select(one => one.Id).SequenceEqual(again.Cases(split).Select(one => one.Id))) failures.Add($"{split}: two datasets with the same config list different cases, or list them in another order.");
        foreach (string twice in cases.GroupBy(one => one.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => group.Key)) failures.Add($"{split}: two cases have the id '{twice}'.");
        foreach (DatasetCase one in cases)
        {
            if (!(one.Weight > 0)) failures.Add($"{split}: the case '{one.Id}' has the weight {one.Weight}; it must be greater than 0.");
            if (split == DatasetSplit.Pretraining) continue;
            if (!one.HasLabel) failures.Add($"{split}: the case '{one.Id}' has no label map.");
            if (parts.TryGetValue(one.Group, out DatasetSplit other) && other != split) failures.Add($"{split}: the patient '{one.Group}' of the case '{one.Id}' is in {other} too.");
            else parts[one.Group] = split;
        }
        foreach (DatasetCase one in cases.Take(MostRead)) Read(one, again.Cases(split).First(other => other.Id == one.Id), dataset.Info);
    }

    private void Read(DatasetCase one, DatasetCase again, DatasetInfo info)
    {
        Volume<float> image = one.LoadImage(CancellationToken.None), second = again.LoadImage(CancellationToken.None);
        if (one.ContentKey != again.ContentKey) failures.Add($"the case '{one.Id}': ContentKey differs each time, so caches never find the case.");
        if (!image.Voxels.AsSpan().SequenceEqual(second.Voxels)) failures.Add($"the case '{one.Id}': the image differs each time it is read.");
        if (image.Channels != info.ChannelNames.Count) failures.Add($"the case '{one.Id}': the image has {image.Channels} channels; Info names {info.ChannelNames.Count}.");
        if (!one.HasLabel) return;
        if (one.LoadLabel(CancellationToken.None) is not { } label)
        {
            failures.Add($"the case '{one.Id}': HasLabel is true, but LoadLabel returns null.");
            return;
        }
        if (label.Size != image.Size) failures.Add($"the case '{one.Id}': the label map has {label.Size} voxels; the image has {image.Size}.");
        foreach (ushort value in label.Voxels)
        {
            if (value < info.LabelNames.Count || (value == DatasetInfo.IgnoredIndex && info.HasIgnored)) continue;
            failures.Add($"the case '{one.Id}': the label map has the class {value}; Info names the classes 0 to {info.LabelNames.Count - 1}.");
            return;
        }
    }
}

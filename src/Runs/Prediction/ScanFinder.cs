using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;
using HiEndMae.Runs.LabelMaps;

namespace HiEndMae.Runs.Prediction;

/// <summary>Finds scans at paths: files, folders of DICOM slices, and folders that contain studies at any depth.</summary>
/// <param name="channels">Names of the channels of the model.</param>
/// <param name="cancel">Cancels the search.</param>
internal sealed class ScanFinder(IReadOnlyList<string> channels, CancellationToken cancel)
{
    private readonly RealPaths paths = new();

    /// <summary>Returns the scans in the order of the paths. Files NAME_0000, NAME_0001, ... are one scan if the model has several channels.</summary>
    /// <exception cref="VolumeException">A folder contains no scan, or a channel of a scan is missing.</exception>
    public IReadOnlyList<PredictionCase> Find(IReadOnlyList<string> named)
    {
        var found = new List<(string Path, string Root)>();
        foreach (string path in named)
        {
            string root = Path.GetFullPath(path);
            if (!Directory.Exists(path) || IsSeries(path))
            {
                found.Add((path, Path.GetDirectoryName(root) ?? root));
                continue;
            }
            int before = found.Count;
            Search(path, [paths.Of(path)], file => found.Add((file, root)));
            if (found.Count == before) throw new VolumeException($"'{path}' holds no scans: no NIfTI, MetaImage or NRRD files and no DICOM slices, neither directly nor in folders below it.");
        }
        (string[] Files, string Root)[] scans = [.. Grouped(found)];
        // The file name is used if it is unique, otherwise the path.
        HashSet<string> shared = [.. scans.GroupBy(scan => NameOf(scan.Files), StringComparer.OrdinalIgnoreCase).Where(same => same.Skip(1).Any()).Select(same => same.Key)];
        return [.. scans.Select(scan => new PredictionCase(shared.Contains(NameOf(scan.Files)) ? LongNameOf(scan.Files, scan.Root) : NameOf(scan.Files), new ScanCase(scan.Files, channels)))];
    }

    private void Search(string folder, string[] above, Action<string> add)
    {
        cancel.ThrowIfCancellationRequested();
        if (IsSeries(folder))
        {
            add(folder);
            return;
        }
        foreach (string file in ScanNames.Volumes(folder)) add(file);
        foreach (string child in FolderListing.Folders(folder))
        {
            string real = paths.Of(child);
            if (!above.Contains(real)) Search(child, [.. above, real], add);
        }
    }

    // Folder of DICOM slices, without volumes of other formats.
    private static bool IsSeries(string folder) => ScanNames.Volumes(folder).Count == 0 && FolderListing.Files(folder).Any(VolumeReader.IsDicom);

    private IEnumerable<(string[] Files, string Root)> Grouped(List<(string Path, string Root)> found)
    {
        if (channels.Count == 1) return found.Select(one => ((string[])[one.Path], one.Root));
        return found.Select(one => (one.Path, one.Root, Stem: ChannelStem(one.Path)))
            .GroupBy(one => one.Stem is null ? one.Path : Path.Combine(Path.GetDirectoryName(one.Path) ?? "", one.Stem), StringComparer.Ordinal)
            .Select(group => (group.First().Stem is { } stem ? Channels(group.First().Path, stem) : [group.First().Path], group.First().Root));
    }

    // All channels of the model, even if only some of them were given.
    private string[] Channels(string path, string stem)
    {
        string folder = Path.GetDirectoryName(path) ?? "", ending = Path.GetFileName(path)[(stem.Length + "_0000".Length)..];
        string[] files = [.. channels.Select((_, channel) => Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{stem}_{channel:0000}{ending}")))];
        int missing = Array.FindIndex(files, file => !File.Exists(file));
        return missing < 0 ? files : throw new VolumeException($"'{path}' is a channel of a scan without '{Path.GetFileName(files[missing])}'; the model takes {channels.Count} channels: {string.Join(", ", channels)}.");
    }

    // Returns the name before _0000, _0001, ...; null for other names.
    private static string? ChannelStem(string path)
    {
        string stem = ScanNames.Stem(path);
        return stem.Length > 5 && stem[^5] == '_' && stem.AsSpan(stem.Length - 4).ContainsAnyExceptInRange('0', '9') is false ? stem[..^5] : null;
    }

    private static string NameOf(string[] files) => files.Length > 1 ? ChannelStem(files[0])! : ScanNames.Stem(files[0]);

    private static string LongNameOf(string[] files, string root)
    {
        string folder = Path.GetRelativePath(root, Path.GetDirectoryName(Path.GetFullPath(files[0]))!).Replace('\\', '/');
        return folder is "." or "" ? NameOf(files) : $"{folder.Replace("../", "", StringComparison.Ordinal).Replace('/', '_')}_{NameOf(files)}";
    }
}

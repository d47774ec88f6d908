using HiEndMae.Imaging;

namespace HiEndMae.Runs.LabelMaps;

/// <summary>Derives names of cases from names of files.</summary>
internal static class ScanNames
{
    private static readonly string[] Extensions = [".nii.gz", ".nii", ".mha", ".mhd", ".nrrd", ".nhdr"];
    private static readonly string[] Suffixes = ["_seg", "_label", "_labels", "_gt", "_pred", "_prediction", "_segmentation"];
    private const string FirstChannel = "_0000";

    /// <summary>Returns the name without folder and extension.</summary>
    public static string Stem(string path)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        foreach (string extension in Extensions)
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase)) return name[..^extension.Length];
        }
        return Path.GetFileNameWithoutExtension(name);
    }

    /// <summary>Returns the stem without suffixes of label maps: <c>case_07_seg.nii.gz</c> and <c>case_07.nrrd</c> belong to one case.</summary>
    public static string Case(string path)
    {
        string stem = Stem(path);
        string? suffix = Suffixes.FirstOrDefault(suffix => stem.Length > suffix.Length && stem.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
        return suffix is null ? stem : stem[..^suffix.Length];
    }

    /// <summary>The case without the channel's number that nnU-Net gives to images: predictions of <c>liver_001_0000.nii.gz</c> are of case <c>liver_001</c>.</summary>
    public static string CaseOfChannel(string path)
    {
        string name = Case(path);
        return name.Length > FirstChannel.Length && name.EndsWith(FirstChannel, StringComparison.Ordinal) ? name[..^FirstChannel.Length] : name;
    }

    /// <summary>Returns the volumes of a folder in order, or the single file.</summary>
    public static IReadOnlyList<string> Volumes(string path) => Directory.Exists(path)
        ? [.. FolderListing.Files(path).Where(file => Extensions.Any(extension => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase)))]
        : [path];
}

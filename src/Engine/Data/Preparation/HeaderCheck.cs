using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Checks the headers of all files of a dataset before anything is computed.</summary>
public static class HeaderCheck
{
    // Headers are small. The access to the drive takes the time.
    private const int Readers = 8;

    // Smaller than those of micro-CT, and larger than any slice.
    private const double SmallestMm = 0.01, LargestMm = 50;

    /// <summary>Checks channels and voxel sizes. A file that cannot be read is reported when its case is prepared, and not here.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="cases">Cases of the dataset that are used.</param>
    /// <param name="warn">Receives a warning for the user.</param>
    /// <param name="cancel">Stops between files.</param>
    /// <exception cref="VolumeException">An image does not have the channels of the dataset.</exception>
    public static void Run(Dataset dataset, IEnumerable<DatasetCase> cases, Action<string> warn, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(warn);
        // The header of a DICOM series is that of every slice; such a series has one channel.
        foreach ((DatasetCase one, (string File, NiftiHeader? Header)[] files) in cases.DistinctBy(one => one.Id).AsParallel().AsOrdered().WithDegreeOfParallelism(Readers).WithCancellation(cancel)
            .Select(one => (one, ((string, NiftiHeader?)[])[.. one.ImageFiles.Where(file => !Directory.Exists(file)).Select(file => (file, Read(file)))])))
        {
            if (files.Length == one.ImageFiles.Count && files.Length > 0 && files.All(file => file.Header is not null)) CheckChannels(one, files.Sum(file => file.Header!.Channels), dataset.Info);
            foreach ((string file, NiftiHeader? header) in files) Warn(file, header, warn);
        }
    }

    /// <summary>Warns of headers without voxel sizes, and of voxel sizes that are probably not in millimetres.</summary>
    public static void Warn(IEnumerable<DatasetCase> cases, Action<string> warn, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(warn);
        foreach ((string file, NiftiHeader? header) in cases.SelectMany(one => one.ImageFiles).Distinct().AsParallel().AsOrdered().WithDegreeOfParallelism(Readers).WithCancellation(cancel)
            .Where(file => !Directory.Exists(file)).Select(file => (file, Read(file))))
        {
            Warn(file, header, warn);
        }
    }

    /// <summary>Checks the channels of a case.</summary>
    /// <exception cref="VolumeException">The case does not have the channels of the dataset.</exception>
    public static void CheckChannels(DatasetCase source, int channels, DatasetInfo info)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(info);
        if (channels == info.ChannelNames.Count) return;
        string files = source.ImageFiles.Count > 0 ? $" ({string.Join(", ", source.ImageFiles.Select(file => $"'{file}'"))})" : "";
        throw new VolumeException($"Case '{source.Id}'{files} has {channels} channels, but dataset '{info.Name}' names {info.ChannelNames.Count}: {string.Join(", ", info.ChannelNames)}.");
    }

    private static IEnumerable<string> Notes(NiftiHeader header, string file)
    {
        if (WithoutSizes(header, file) is { } note) yield return note;
        Spacing3 spacing = header.Affine.Spacing;
        if (header.UnitMm != 1)
            yield return string.Create(CultureInfo.InvariantCulture, $"'{file}' names {(header.UnitMm > 1 ? "metres" : "micrometres")} as its unit (xyzt_units); its lengths are read as millimetres, so voxels are {Shown(spacing)}.");
        else if (Enumerable.Range(0, 3).Any(axis => header.Size[axis] > 1 && spacing[axis] is < SmallestMm or > LargestMm))
            yield return string.Create(CultureInfo.InvariantCulture, $"'{file}' has voxels of {Shown(spacing)}, which no scan has; check the unit of its header.");
    }

    // Returns a warning about a header without voxel sizes; null for other headers.
    private static string? WithoutSizes(NiftiHeader header, string file)
    {
        if (header.Forms is not { } forms) return null;
        int[] axes = [.. Enumerable.Range(0, 3).Where(axis => !(Math.Abs(forms.Pixdim[1 + axis]) > 0) && header.Size[axis] > 1)];
        if (axes.Length == 0) return null;
        string where = string.Join(", ", axes.Select(axis => "xyz"[axis]));
        return forms.SformCode > 0
            ? string.Create(CultureInfo.InvariantCulture, $"'{file}' has a pixdim of 0 along {where}; the spacing {Shown(header.Affine.Spacing)} is taken from its sform.")
            : $"'{file}' has a pixdim of 0 along {where} and no sform; 1 mm is assumed.";
    }

    // Headers have single precision.
    private static string Shown(Spacing3 spacing) => string.Create(CultureInfo.InvariantCulture, $"{spacing.X:G6}x{spacing.Y:G6}x{spacing.Z:G6} mm");

    private static void Warn(string file, NiftiHeader? header, Action<string> warn)
    {
        foreach (string note in header is null ? [] : Notes(header, file)) warn(note);
    }

    private static NiftiHeader? Read(string file)
    {
        try
        {
            return VolumeReader.ReadHeader(file);
        }
        catch (VolumeException)
        {
            return null;
        }
    }
}

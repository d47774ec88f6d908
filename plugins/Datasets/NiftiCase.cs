using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A case in files (NIfTI, MetaImage, NRRD): an image, as one file or one per channel, with an optional label map.</summary>
/// <param name="images">One per channel, or one file with all of them.</param>
/// <param name="label">Label map; null if there is none.</param>
/// <param name="id">Unique within the dataset.</param>
/// <param name="group">The patient.</param>
/// <param name="classOf">Class index by value of the label map.</param>
/// <param name="strict">Whether values without a class are errors; otherwise they are background.</param>
internal sealed class NiftiCase(IReadOnlyList<string> images, string? label, string id, string group, ushort[]? classOf, bool strict = false) : DatasetCase
{
    private const double GridTolerance = 1e-3;

    public NiftiCase(string image, string? label, string id, string group, ushort[]? classOf) : this([image], label, id, group, classOf)
    {
    }

    public override string Id => id;

    public override string Group => group;

    public override bool HasLabel => label is not null;

    public override string ContentKey => string.Join('|', images.Append(label).OfType<string>().SelectMany(FilesOf).Select(path =>
    {
        var file = new FileInfo(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName}:{file.Length}:{file.LastWriteTimeUtc.Ticks}") : $"{file.FullName}:missing";
    })) + (label is null || classOf is null ? "" : "|" + string.Join(',', classOf.Index().Where(entry => entry.Item > 0).Select(entry => $"{entry.Index}={entry.Item}")));

    public override Volume<float> LoadImage(CancellationToken cancel)
    {
        Volume<float> first = VolumeReader.ReadImage(images[0], cancel);
        if (images.Count == 1) return first;
        var voxels = new float[checked(images.Count * first.Size.Count)];
        for (int channel = 0; channel < images.Count; channel++)
        {
            Volume<float> volume = channel == 0 ? first : VolumeReader.ReadImage(images[channel], cancel);
            if (volume.Channels != 1) throw new VolumeException($"'{images[channel]}' has {volume.Channels} channels; a file of its own has one.");
            CheckGrid(images[channel], volume.Size, volume.Affine, first.Size, first.Affine);
            volume.Voxels.CopyTo(voxels.AsSpan(checked((int)(channel * first.Size.Count))));
        }
        return new Volume<float>(images.Count, first.Size, first.Affine, voxels);
    }

    public override Volume<ushort>? LoadLabel(CancellationToken cancel)
    {
        if (label is null) return null;
        Volume<ushort> map = VolumeReader.ReadLabel(label, cancel);
        NiftiHeader header = VolumeReader.ReadHeader(images[0]);
        CheckGrid(label, map.Size, map.Affine, header.Size, header.Affine);
        for (int i = 0; i < map.Voxels.Length; i++)
        {
            ushort value = map.Voxels[i], index = classOf![value];
            if (strict && value != 0 && index == 0) throw new VolumeException($"'{label}' has the label value {value}, which the dataset does not name.");
            map.Voxels[i] = index;
        }
        return map;
    }

    // A broken file is reported when it is read, not when its identity is computed.
    private static IReadOnlyList<string> FilesOf(string path)
    {
        try
        {
            return VolumeReader.Files(path);
        }
        catch (VolumeException)
        {
            return [path];
        }
    }

    private void CheckGrid(string path, Size3 size, Affine affine, Size3 wantedSize, Affine wanted)
    {
        if (size != wantedSize) throw new VolumeException($"'{path}' is {size} voxels, but its image '{images[0]}' {wantedSize}.");
        if (!affine.IsCloseTo(wanted, GridTolerance)) throw new VolumeException($"'{path}' lies elsewhere in space than its image '{images[0]}' (their affines differ).");
    }
}

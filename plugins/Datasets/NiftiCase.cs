using System.Globalization;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A case of files: an image, of one file or one per channel, and perhaps its label map.</summary>
/// <param name="images">One per channel, or one file with all of them.</param>
/// <param name="labels">The label map, or a mask for each class; empty if there is none.</param>
/// <param name="id">Unique within the dataset.</param>
/// <param name="group">The patient.</param>
/// <param name="table">Classes by the values of the label map; null for a case that is used without its label map.</param>
internal sealed class NiftiCase(IReadOnlyList<string> images, IReadOnlyList<LabelFile> labels, string id, string group, LabelTable? table) : DatasetCase
{
    public NiftiCase(IReadOnlyList<string> images, string? label, string id, string group, LabelTable? table) : this(images, label is null ? [] : [new LabelFile(label, null)], id, group, table)
    {
    }

    public override string Id => id;

    public override string Group => group;

    public override bool HasLabel => labels.Count > 0;

    public override IReadOnlyList<string> ImageFiles => images;

    public override string? LabelFile => HasLabel ? labels[0].Path : null;

    // Links are followed: the content belongs to the file at their end, whose time changes when a new version is put in place.
    public override string ContentKey => string.Join('|', images.Concat(labels.Select(label => label.Path)).SelectMany(FilesOf).Select(path =>
    {
        FileInfo file = RealPaths.FileAt(path);
        return file.Exists ? string.Create(CultureInfo.InvariantCulture, $"{file.FullName}:{file.Length}:{file.LastWriteTimeUtc.Ticks}") : $"{file.FullName}:missing";
    })) + (HasLabel && table is not null ? $"|{string.Join(',', labels.Select(label => label.Class))}|{table.Key}" : "");

    public override Volume<float> LoadImage(CancellationToken cancel) => ChannelFiles.Read(images, cancel);

    public override Volume<ushort>? LoadLabel(CancellationToken cancel)
    {
        if (!HasLabel) return null;
        NiftiHeader header = VolumeReader.ReadHeader(images[0]);
        var grid = new VolumeGrid(header.Size, header.Affine);
        if (labels[0].Class is null)
        {
            Volume<ushort> map = ReadOne(labels[0].Path, grid, cancel);
            table?.Apply(map.Voxels, labels[0].Path);
            return map;
        }
        var classes = new ushort[grid.Size.Count];
        foreach (LabelFile mask in labels)
        {
            cancel.ThrowIfCancellationRequested();
            ushort[] marked = ReadOne(mask.Path, grid, cancel).Voxels;
            for (int i = 0; i < marked.Length; i++)
            {
                if (marked[i] != 0) classes[i] = mask.Class!.Value;
            }
        }
        return new Volume<ushort>(1, grid.Size, grid.Affine, classes);
    }

    private Volume<ushort> ReadOne(string path, VolumeGrid grid, CancellationToken cancel) => LabelGrid.Align(VolumeReader.ReadLabel(path, cancel), grid, $"'{path}'", $"its image '{images[0]}'");

    // A broken file is reported when it is read, and not here.
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
}

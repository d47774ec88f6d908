using System.Globalization;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Datasets;

/// <summary>A NIfTI image with, perhaps, its label map.</summary>
internal sealed class NiftiCase(string image, string? label, string id, string group, ushort[]? classOf) : DatasetCase
{
    private const double GridTolerance = 1e-3;

    public override string Id => id;

    public override string Group => group;

    public override bool HasLabel => label is not null;

    public override string ContentKey => string.Join('|', new[] { image, label }.Where(path => path is not null).Select(path =>
    {
        var file = new FileInfo(path!);
        if (!file.Exists) throw new VolumeException($"There is no file '{path}'.");
        return string.Create(CultureInfo.InvariantCulture, $"{file.FullName}:{file.Length}:{file.LastWriteTimeUtc.Ticks}");
    })) + (classOf is null ? "" : "|" + string.Join(',', classOf.Index().Where(entry => entry.Item > 0).Select(entry => $"{entry.Index}={entry.Item}")));

    public override Volume<float> LoadImage(CancellationToken cancel) => NiftiReader.ReadImage(image, cancel);

    public override Volume<ushort>? LoadLabel(CancellationToken cancel)
    {
        if (label is null) return null;
        Volume<ushort> map = NiftiReader.ReadLabel(label, cancel);
        NiftiHeader header = NiftiReader.ReadHeader(image);
        if (map.Size != header.Size) throw new VolumeException($"'{label}' is {map.Size} voxels, but its image '{image}' {header.Size}.");
        if (!map.Affine.IsCloseTo(header.Affine, GridTolerance)) throw new VolumeException($"'{label}' lies elsewhere in space than its image '{image}' (their affines differ).");
        for (int i = 0; i < map.Voxels.Length; i++) map.Voxels[i] = classOf![map.Voxels[i]];
        return map;
    }
}

using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Runs.Models;

/// <summary>A single scan without a dataset, for prediction.</summary>
/// <param name="path">File or DICOM folder.</param>
/// <param name="channels">Names of the channels that the model expects.</param>
internal sealed class ScanCase(string path, IReadOnlyList<string> channels) : DatasetCase
{
    public override string Id => path;

    public override string Group => path;

    public override bool HasLabel => false;

    public override string ContentKey => Path.GetFullPath(path);

    public override Volume<float> LoadImage(CancellationToken cancel)
    {
        Volume<float> image = VolumeReader.ReadImage(path, cancel);
        return image.Channels == channels.Count ? image
            : throw new VolumeException($"'{path}' has {image.Channels} channels, but the model expects {channels.Count}: {string.Join(", ", channels)}.");
    }

    public override Volume<ushort>? LoadLabel(CancellationToken cancel) => null;
}

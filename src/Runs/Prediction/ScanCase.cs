using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Runs.Prediction;

/// <summary>A scan without a dataset, as a case that a model segments.</summary>
/// <param name="files">One file or DICOM folder, or one file per channel.</param>
/// <param name="channels">Names of the channels of the model.</param>
internal sealed class ScanCase(IReadOnlyList<string> files, IReadOnlyList<string> channels) : DatasetCase
{
    public override string Id => files[0];

    public override string Group => Id;

    public override bool HasLabel => false;

    public override IReadOnlyList<string> ImageFiles => files;

    public override string ContentKey => string.Join('|', files.Select(Path.GetFullPath));

    public override Volume<float> LoadImage(CancellationToken cancel)
    {
        Volume<float> image = ChannelFiles.Read(files, cancel);
        return image.Channels == channels.Count ? image
            : throw new VolumeException($"{string.Join(", ", files.Select(file => $"'{file}'"))} {(files.Count == 1 ? "has" : "have")} {image.Channels} channels; the model takes {channels.Count}: {string.Join(", ", channels)}.");
    }

    public override Volume<ushort>? LoadLabel(CancellationToken cancel) => null;
}

using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>An image with an optional label map.</summary>
public abstract class DatasetCase
{
    /// <summary>Name of the case, unique within the dataset. Used in file names and tables.</summary>
    public abstract string Id { get; }

    /// <summary>The patient. Cases of one patient are never in two parts of a split.</summary>
    public abstract string Group { get; }

    /// <summary>Whether <see cref="LoadLabel"/> returns a label map.</summary>
    public abstract bool HasLabel { get; }

    /// <summary>Files of the image, for messages and checks: one per channel, or one with all channels, or the folder of a DICOM series. Empty where there are none.</summary>
    public virtual IReadOnlyList<string> ImageFiles => [];

    /// <summary>The first file of the image, or the id of a case without files, for messages.</summary>
    public string Place => ImageFiles.Count > 0 ? ImageFiles[0] : Id;

    /// <summary>File of the label map, for messages; null where there is none.</summary>
    public virtual string? LabelFile => null;

    /// <summary>Identifies the content for caches. It changes when the voxels may have changed (paths, sizes and times of files, or settings of a generator).</summary>
    public abstract string ContentKey { get; }

    /// <summary>How often the case is drawn in training, relative to other cases; greater than 0.</summary>
    public virtual double Weight => 1;

    /// <summary>Reads the image in its stored orientation and units (HU for CT).</summary>
    /// <exception cref="VolumeException">The file is missing, damaged, or in an unsupported format.</exception>
    public abstract Volume<float> LoadImage(CancellationToken cancel);

    /// <summary>Reads class indices, and <see cref="DatasetInfo.IgnoredIndex"/> for voxels that nobody has labelled, on the image's grid; null where there is no label.</summary>
    /// <exception cref="VolumeException">The file is missing, broken, of another kind, or on another grid.</exception>
    public abstract Volume<ushort>? LoadLabel(CancellationToken cancel);
}

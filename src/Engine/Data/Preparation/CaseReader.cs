using System.Numerics;
using HiEndMae.Engine.Failures;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Reads a dataset's case and checks it. Every command that reads cases uses this class, so that all commands accept the same cases.</summary>
/// <param name="numClasses">Classes that label maps may have, background included.</param>
/// <param name="withLabels">Whether label maps are read.</param>
/// <param name="info">The dataset, whose channels images must have; null if they are not checked.</param>
public sealed class CaseReader(int numClasses, bool withLabels, DatasetInfo? info)
{
    /// <summary>Reads the image.</summary>
    /// <exception cref="VolumeException">It cannot be read, has other channels than the dataset, or has voxels that are not finite.</exception>
    public Volume<float> ReadImage(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        Volume<float> image = LoadImage(source, cancel);
        if (info is not null) HeaderCheck.CheckChannels(source, image.Channels, info);
        if (!IsFinite(image.Voxels)) throw new VolumeException($"Case '{source.Id}' has voxels that are not finite numbers.");
        return image;
    }

    /// <summary>Reads the label map.</summary>
    /// <returns>Class indices, and <see cref="DatasetInfo.IgnoredIndex"/>; null if the case has no label map, or label maps are not read.</returns>
    /// <exception cref="VolumeException">It cannot be read, or has a class that the dataset does not name.</exception>
    public Volume<ushort>? ReadLabel(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (!withLabels || !source.HasLabel || LoadLabel(source, cancel) is not { } label) return null;
        foreach (ushort index in label.Voxels)
        {
            if (index >= numClasses && index != DatasetInfo.IgnoredIndex) throw new VolumeException($"Case '{source.Id}' has label {index}, but the dataset names only the classes 0 to {numClasses - 1}.");
        }
        return label;
    }

    /// <summary>Reads the image of a case without checking it.</summary>
    /// <exception cref="VolumeException">It cannot be read.</exception>
    public static Volume<float> LoadImage(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Load(source, "image", () => source.LoadImage(cancel));
    }

    /// <summary>Reads the label map of a case without checking it.</summary>
    /// <exception cref="VolumeException">It cannot be read.</exception>
    public static Volume<ushort>? LoadLabel(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Load(source, "label map", () => source.LoadLabel(cancel));
    }

    // Datasets are plugins. An exception that the author did not foresee breaks only this case, so that loader.on_broken decides what happens.
    private static T Load<T>(DatasetCase source, string what, Func<T> load)
    {
        try
        {
            return load();
        }
        catch (Exception error) when (error is not (VolumeException or IOException or UnauthorizedAccessException or OperationCanceledException or OutOfMemoryException))
        {
            string place = PluginFault.Of(error) is { } fault ? $" in {fault.Method} of plugin '{fault.Plugin}' {fault.Version}" : "";
            throw new VolumeException($"The {what} of case '{source.Id}' cannot be read: {error.GetType().Name}{place}: {error.Message}", error);
        }
    }

    private static bool IsFinite(ReadOnlySpan<float> values)
    {
        // x - x is 0 for finite numbers and NaN for all others, and a sum keeps every NaN.
        Vector<float> sum = Vector<float>.Zero;
        int at = 0;
        for (; at <= values.Length - Vector<float>.Count; at += Vector<float>.Count)
        {
            var some = new Vector<float>(values[at..]);
            sum += some - some;
        }
        float rest = Vector.Sum(sum);
        for (; at < values.Length; at++) rest += values[at] - values[at];
        return rest == 0;
    }
}

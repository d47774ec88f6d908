using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data;

/// <summary>Loads a case and brings it to the grid and intensities of a <see cref="DataConfig"/>.</summary>
public sealed class CasePreparer(DataConfig config, int numClasses)
{
    /// <summary>Orientation, resampling (linear for images, nearest for labels), window.</summary>
    /// <exception cref="VolumeException">The case cannot be read, has non-finite voxels, or a label that is no class.</exception>
    public PreparedCase Prepare(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        Volume<float> image = PrepareImage(source.LoadImage(cancel), config, $"Case '{source.Id}'");
        Volume<ushort>? label = null;
        if (source.HasLabel && source.LoadLabel(cancel) is { } stored)
        {
            label = Resampler.ResampleNearest(Orientation.ToRas(stored), config.SpacingMm);
            if (label.Size != image.Size) throw new VolumeException($"Case '{source.Id}': its label lies on another grid than its image ({label.Size} against {image.Size} after resampling).");
        }
        return new PreparedCase(source.Id, image, label, label is null ? [] : Foreground(source, label.Voxels));
    }

    /// <summary>Orientation, resampling, window of an image alone; its voxels may be overwritten.</summary>
    /// <param name="image">In its stored orientation and units.</param>
    /// <param name="config">Spacing and window.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="VolumeException">It has voxels that are no finite numbers.</exception>
    public static Volume<float> PrepareImage(Volume<float> image, DataConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        Volume<float> prepared = Resampler.Resample(Orientation.ToRas(image), config.SpacingMm);
        IntensityWindow.Apply(prepared.Voxels, config.Window[0], config.Window[1]);
        foreach (float value in prepared.Voxels)
        {
            if (!float.IsFinite(value)) throw new VolumeException($"{name} has voxels that are no finite numbers.");
        }
        return prepared;
    }

    private int[] Foreground(DatasetCase source, ushort[] labels)
    {
        int count = 0;
        foreach (ushort label in labels)
        {
            if (label >= numClasses) throw new VolumeException($"Case '{source.Id}' has label {label}, but the dataset names classes 0 to {numClasses - 1} only.");
            if (label > 0) count++;
        }
        var indices = new int[count];
        for (int i = 0, at = 0; i < labels.Length; i++)
        {
            if (labels[i] > 0) indices[at++] = i;
        }
        return indices;
    }
}

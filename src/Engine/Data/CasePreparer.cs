using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data;

/// <summary>Loads a case and brings it to the grid and intensities of a <see cref="DataConfig"/>.</summary>
/// <param name="config">Spacing and window.</param>
/// <param name="numClasses">Classes that labels may have.</param>
/// <param name="cropForeground">Whether the volume is cut to its foreground: for crops to train on, not for results that are to cover the scan.</param>
public sealed class CasePreparer(DataConfig config, int numClasses, bool cropForeground = false)
{
    /// <summary>Everything that the result depends on besides the case, as text.</summary>
    public string Description => string.Create(
        CultureInfo.InvariantCulture, $"ras; spacing {config.SpacingMm.X:R} {config.SpacingMm.Y:R} {config.SpacingMm.Z:R}; {Intensities}; foreground {cropForeground}");

    private string Intensities => config.Intensity.Kind == IntensityKind.Percentiles
        ? FormattableString.Invariant($"percentiles {config.Intensity.Lower:R} {config.Intensity.Upper:R}")
        : FormattableString.Invariant($"window {config.Window[0]:R} {config.Window[1]:R}");

    /// <summary>Orientation, resampling (linear for images, nearest for labels), window.</summary>
    /// <exception cref="VolumeException">The case cannot be read, has non-finite voxels, or a label that is no class.</exception>
    public PreparedCase Prepare(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        PreparedImage prepared = Plan(config, cropForeground).Prepare(source.LoadImage(cancel));
        CheckFinite(prepared.Image, $"Case '{source.Id}'");
        cancel.ThrowIfCancellationRequested();
        Volume<ushort>? label = null;
        if (source.HasLabel && source.LoadLabel(cancel) is { } stored)
        {
            CheckClasses(source, stored.Voxels);
            try
            {
                label = prepared.Trace.PrepareLabel(stored);
            }
            catch (VolumeException error)
            {
                throw new VolumeException($"Case '{source.Id}': {error.Message}", error);
            }
        }
        return new PreparedCase(source.Id, prepared.Image, label);
    }

    /// <summary>Orientation, resampling, window of an image alone; its voxels may be overwritten.</summary>
    /// <param name="image">In its stored orientation and units.</param>
    /// <param name="config">Spacing and window.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="VolumeException">It has voxels that are no finite numbers.</exception>
    public static Volume<float> PrepareImage(Volume<float> image, DataConfig config, string name)
    {
        ArgumentNullException.ThrowIfNull(config);
        Volume<float> prepared = Plan(config, cropForeground: false).Prepare(image).Image;
        CheckFinite(prepared, name);
        return prepared;
    }

    /// <summary>The scan's intensities as the model sees them, on the scan's own grid: for pictures. Its voxels may be overwritten.</summary>
    public static Volume<float> Normalise(Volume<float> image, DataConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return (Plan(config, cropForeground: false) with { Spacing = null }).Prepare(image).Image;
    }

    private static PreparationPlan Plan(DataConfig config, bool cropForeground) => config.Intensity.Kind == IntensityKind.Percentiles
        ? new PreparationPlan(config.SpacingMm, null) { CropForeground = cropForeground, Percentiles = (config.Intensity.Lower, config.Intensity.Upper) }
        : new PreparationPlan(config.SpacingMm, (config.Window[0], config.Window[1])) { CropForeground = cropForeground };

    private static void CheckFinite(Volume<float> image, string name)
    {
        foreach (float value in image.Voxels)
        {
            if (!float.IsFinite(value)) throw new VolumeException($"{name} has voxels that are no finite numbers.");
        }
    }

    private void CheckClasses(DatasetCase source, ushort[] labels)
    {
        foreach (ushort label in labels)
        {
            if (label >= numClasses) throw new VolumeException($"Case '{source.Id}' has label {label}, but the dataset names classes 0 to {numClasses - 1} only.");
        }
    }
}

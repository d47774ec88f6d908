using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Engine.Data.Preparation;

/// <summary>Prepares one case: orientation, resampling (linear for images, nearest voxel for labels), intensities, and optionally the foreground crop.</summary>
/// <param name="config">Spacing and window.</param>
/// <param name="numClasses">Classes that label maps may have, background included.</param>
/// <param name="withLabels">Whether label maps are prepared too.</param>
/// <param name="cropForeground">Whether the case is cut to its foreground. Only for cases to train on: results must cover the whole scan.</param>
/// <param name="info">The dataset, whose channels images must have; null if they are not checked.</param>
public sealed class CasePreparer(DataConfig config, int numClasses, bool withLabels, bool cropForeground, DatasetInfo? info = null)
{
    private readonly PreparationPlan plan = Plan(config, cropForeground);
    private readonly CaseReader reader = new(numClasses, withLabels, info);

    /// <summary>Everything besides the case that the result depends on, as text.</summary>
    public string Description => string.Create(CultureInfo.InvariantCulture,
        $"ras; {Grid}; {Intensities}; foreground {cropForeground}; classes {(withLabels ? numClasses : 0)}");

    private string Grid => config.Resize is { } size ? $"size {size}" : FormattableString.Invariant($"spacing {config.SpacingMm.X:R} {config.SpacingMm.Y:R} {config.SpacingMm.Z:R}");

    private string Intensities => config.Intensity.Kind switch
    {
        IntensityKind.Percentiles => FormattableString.Invariant($"percentiles {config.Intensity.Lower:R} {config.Intensity.Upper:R} nonzero {config.Intensity.Nonzero}"),
        IntensityKind.Zscore => $"z-score nonzero {config.Intensity.Nonzero} clip {string.Join(' ', config.Intensity.Clip.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}",
        _ => FormattableString.Invariant($"window {config.Window[0]:R} {config.Window[1]:R}"),
    };

    /// <summary>The preparer of a stage that trains.</summary>
    /// <param name="config">The stage's data.</param>
    /// <param name="info">Classes of the dataset.</param>
    /// <param name="withLabels">Whether label maps are prepared too.</param>
    public static CasePreparer ForTraining(DataConfig config, DatasetInfo info, bool withLabels)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(info);
        return new CasePreparer(config, info.LabelNames.Count, withLabels, config.ForegroundCrop, info);
    }

    /// <summary>The preparer of labelled cases that are segmented whole: validation and evaluation.</summary>
    /// <param name="config">Data of the fine-tuning.</param>
    /// <param name="info">Classes of the dataset.</param>
    public static CasePreparer ForEvaluation(DataConfig config, DatasetInfo info)
    {
        ArgumentNullException.ThrowIfNull(info);
        return new CasePreparer(config, info.LabelNames.Count, withLabels: true, cropForeground: false, info);
    }

    /// <summary>The preparer of scans that are segmented whole and have no labels.</summary>
    /// <param name="config">Data of the fine-tuning.</param>
    public static CasePreparer ForPrediction(DataConfig config) => new(config, numClasses: 0, withLabels: false, cropForeground: false);

    /// <summary>Estimates the largest memory that the preparation of a case takes, from the header of its image; 0 if that is not possible.</summary>
    public long EstimateBytes(DatasetCase source)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            double stored = 0, resampled = 0;
            foreach (string file in source.ImageFiles)
            {
                NiftiHeader header = VolumeReader.ReadHeader(file);
                Spacing3 spacing = header.Affine.Spacing;
                double voxels = (double)header.Size.Count * header.Channels;
                stored += voxels;
                resampled += config.Resize is { } size ? (double)size.Count * header.Channels : voxels * (spacing.X / config.SpacingMm.X) * (spacing.Y / config.SpacingMm.Y) * (spacing.Z / config.SpacingMm.Z);
            }
            // The memory holds the scan as read and reoriented to RAS+, possibly a copy with scaled intensities, the resampled scan in single and half precision, and label maps on both grids.
            double copies = config.Intensity.Kind == IntensityKind.Window ? 2 : 3, labels = withLabels ? 2 * sizeof(ushort) : 0;
            return (long)(stored * (copies * sizeof(float) + labels) + resampled * (1.5 * sizeof(float) + labels));
        }
        catch (VolumeException)
        {
            // A broken file is reported when it is read.
            return 0;
        }
    }

    /// <summary>Reads and prepares a case, into native memory.</summary>
    /// <exception cref="VolumeException">The case cannot be read, has voxels that are not finite or a label that is not a class, or its label map lies on another grid.</exception>
    public PreparedCase Prepare(DatasetCase source, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(source);
        Volume<float> read = reader.ReadImage(source, cancel);
        string[] notes = [.. source.ImageFiles.Where(Directory.Exists).SelectMany(folder => VolumeReader.ReadHeader(folder).Notes), .. IntensityNotes.Of(IntensityNotes.Sample(read), config, source.Place)];
        (Volume<float> image, PreparationTrace trace) = plan.Prepare(read);
        cancel.ThrowIfCancellationRequested();
        Volume<ushort>? label = reader.ReadLabel(source, cancel) is { } stored ? PrepareLabel(source, stored, trace) : null;
        return CasePacker.Pack(source.Id, image, label, trace.Stored, numClasses, notes);
    }

    /// <summary>Scales the intensities of a scan as for a model, and reorients the scan to RAS+ without resampling, for pictures.</summary>
    /// <param name="image">The scan; its voxels may be overwritten.</param>
    /// <param name="config">Kind of scaling.</param>
    public static Volume<float> Normalise(Volume<float> image, DataConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return (Plan(config, cropForeground: false) with { Spacing = null, Resize = null }).Prepare(image).Image;
    }

    private static PreparationPlan Plan(DataConfig config, bool cropForeground)
    {
        IntensityConfig intensity = config.Intensity;
        (double, double)? window = intensity.Kind == IntensityKind.Window ? (config.Window[0], config.Window[1]) : null;
        return new PreparationPlan(config.Resize is null ? config.SpacingMm : null, window)
        {
            Resize = config.Resize,
            CropForeground = cropForeground,
            Percentiles = intensity.Kind == IntensityKind.Percentiles ? (intensity.Lower, intensity.Upper) : null,
            ZScore = intensity.Kind == IntensityKind.Zscore,
            Clip = intensity.Clip.Count == 2 ? (intensity.Clip[0], intensity.Clip[1]) : null,
            Nonzero = intensity.Nonzero,
        };
    }

    private static Volume<ushort> PrepareLabel(DatasetCase source, Volume<ushort> stored, PreparationTrace trace)
    {
        try
        {
            return trace.PrepareLabel(stored);
        }
        catch (VolumeException error)
        {
            throw new VolumeException($"Case '{source.Id}': {error.Message}", error);
        }
    }
}

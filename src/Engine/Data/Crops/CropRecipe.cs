using HiEndMae.Engine.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Crops;

/// <summary>Size of crops, and the probabilities that they are drawn with.</summary>
/// <param name="Crop">Voxels of a crop.</param>
/// <param name="Positive">Probability that the centre is a positive voxel.</param>
/// <param name="Flip">Probability of a flip, per axis.</param>
/// <param name="Rotate90">Probability of one, two or three quarter turns in the x-y plane.</param>
/// <param name="IntensityScale">Probability of a factor from 0.9 to 1.1.</param>
/// <param name="IntensityShift">Probability of an offset from -0.1 to 0.1.</param>
public readonly record struct CropRecipe(Size3 Crop, double Positive, double Flip, double Rotate90, double IntensityScale, double IntensityShift)
{
    /// <summary>Whether a positive centre of a case with labels lies in a random class, each class of the case being equally likely. Otherwise each positive voxel is equally likely.</summary>
    public bool PositiveByClass { get; init; }

    /// <summary>Axes that are not flipped, whatever is drawn.</summary>
    public (bool X, bool Y, bool Z) Unflipped { get; init; }

    /// <summary>The recipe of a stage.</summary>
    /// <param name="config">The stage's data.</param>
    /// <param name="withLabels">Whether the stage fine-tunes. Keys that the config leaves out have other defaults then.</param>
    public static CropRecipe Of(DataConfig config, bool withLabels)
    {
        ArgumentNullException.ThrowIfNull(config);
        DataConfig complete = withLabels ? config.ForFinetuning() : config.ForPretraining();
        return new CropRecipe(
            config.Crop, complete.ForegroundFraction!.Value, complete.FlipProbability!.Value, complete.Rotate90Probability!.Value,
            config.IntensityScaleProbability, config.IntensityShiftProbability)
        {
            PositiveByClass = config.ForegroundByClass,
            Unflipped = (!config.FlipAxes.Contains(FlipAxis.X), !config.FlipAxes.Contains(FlipAxis.Y), !config.FlipAxes.Contains(FlipAxis.Z)),
        };
    }
}

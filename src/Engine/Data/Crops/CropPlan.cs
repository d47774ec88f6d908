using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Randomness;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Crops;

/// <summary>One crop with its augmentations. They are drawn as in MONAI 1.2: RandCropByPosNegLabel, RandFlip per axis, RandRotate90, RandScaleIntensity,
/// RandShiftIntensity. With <see cref="CropRecipe.PositiveByClass"/>, positive centres are drawn as in nnU-Net.</summary>
/// <param name="Start">First voxel of the crop; negative if the case is smaller than the crop. The case is then centred in the crop.</param>
/// <param name="Crop">Voxels of the crop.</param>
/// <param name="FlipX">Whether x runs backwards.</param>
/// <param name="FlipY">Whether y runs backwards.</param>
/// <param name="FlipZ">Whether z runs backwards.</param>
/// <param name="Turns">Quarter turns from x towards y after the flips, as numpy's rot90.</param>
/// <param name="Scale">Factor on intensities.</param>
/// <param name="Shift">Offset added after the factor.</param>
public readonly record struct CropPlan(Size3 Start, Size3 Crop, bool FlipX, bool FlipY, bool FlipZ, int Turns, float Scale, float Shift)
{
    private const double Strength = 0.1;

    /// <summary>Draws a crop.</summary>
    /// <param name="source">The case.</param>
    /// <param name="recipe">Probabilities.</param>
    /// <param name="random">Random numbers of this crop alone.</param>
    public static CropPlan Draw(PreparedCase source, in CropRecipe recipe, ref RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(source);
        Size3 size = source.Size, crop = recipe.Crop;
        int centre = Centre(source, recipe, ref random);
        int z = centre % size.Z, y = centre / size.Z % size.Y, x = centre / size.Z / size.Y;
        return At(new Size3(First(x, crop.X, size.X), First(y, crop.Y, size.Y), First(z, crop.Z, size.Z)), recipe, ref random);
    }

    /// <summary>Draws the augmentations of a crop at a given place.</summary>
    /// <param name="start">First voxel of the crop.</param>
    /// <param name="recipe">Size and probabilities.</param>
    /// <param name="random">Random numbers of this crop alone.</param>
    public static CropPlan At(Size3 start, in CropRecipe recipe, ref RandomSource random)
    {
        Size3 crop = recipe.Crop;
        bool flipX = Happens(recipe.Flip, ref random), flipY = Happens(recipe.Flip, ref random), flipZ = Happens(recipe.Flip, ref random);
        (flipX, flipY, flipZ) = (flipX && !recipe.Unflipped.X, flipY && !recipe.Unflipped.Y, flipZ && !recipe.Unflipped.Z);
        bool turned = Happens(recipe.Rotate90, ref random);
        int quarters = 1 + random.NextInt(3);
        // A crop that is not square in x-y can only be turned by 180 degrees.
        int turns = !turned ? 0 : crop.X == crop.Y ? quarters : 2;
        bool scaled = Happens(recipe.IntensityScale, ref random);
        double factor = 1 + Strength * (2 * random.NextDouble() - 1);
        bool shifted = Happens(recipe.IntensityShift, ref random);
        double offset = Strength * (2 * random.NextDouble() - 1);
        return new CropPlan(start, crop, flipX, flipY, flipZ, turns, scaled ? (float)factor : 1, shifted ? (float)offset : 0);
    }

    /// <summary>Returns the first voxel of a crop around a centre, along one axis. The crop is moved into the case, as in MONAI's correct_crop_centers. A case that is smaller than the crop is
    /// centred in it, as in SpatialPad.</summary>
    internal static int First(int centre, int crop, int size) => size >= crop ? Math.Clamp(centre - crop / 2, 0, size - crop) : (size - crop) / 2;

    private static bool Happens(double probability, ref RandomSource random) => random.NextDouble() < probability;

    // If there are no voxels of one kind, every centre is of the other kind.
    private static int Centre(PreparedCase source, in CropRecipe recipe, ref RandomSource random)
    {
        bool positive = Happens(recipe.Positive, ref random);
        if (source.NumPositive == 0) positive = false;
        else if (source.NumNegative == 0) positive = true;
        int count = positive ? source.NumPositive : source.NumNegative;
        // A black image without labelled voxels has voxels of neither kind.
        if (count == 0) return random.NextInt((int)source.Size.Count);
        if (positive && recipe.PositiveByClass && source.HasLabel)
        {
            int drawn = random.NextInt(source.NumClasses);
            return source.OfClass(drawn, random.NextInt(source.NumOfClass(drawn)));
        }
        int number = random.NextInt(count);
        return positive ? source.Positive(number) : source.Negative(number);
    }
}

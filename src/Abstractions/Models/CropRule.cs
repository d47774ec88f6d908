using HiEndMae.Imaging;

namespace HiEndMae;

/// <summary>Sentences for <see cref="ICropRule"/>.</summary>
public static class CropRule
{
    private const string Axes = "xyz";

    /// <summary>Crops whose sides are multiples of a network's strides.</summary>
    /// <param name="network">Its name, such as "swin".</param>
    /// <param name="crop">Voxels of a crop.</param>
    /// <param name="divisor">What each side must be a multiple of.</param>
    /// <returns>Null where they are.</returns>
    public static string? Multiple(string network, Size3 crop, Size3 divisor)
    {
        for (int axis = 0; axis < 3; axis++)
        {
            (int side, int unit) = (crop[axis], divisor[axis]);
            if (side > 0 && side % unit == 0) continue;
            string wanted = divisor == Size3.Cube(unit) ? $"sides that are multiples of {unit}" : $"sides that are multiples of {divisor.X}, {divisor.Y} and {divisor.Z}";
            string nearest = side < unit ? $"{unit}" : $"{side / unit * unit} or {((side / unit) + 1) * unit}";
            return $"{network} takes crops with {wanted}, and {side} along {Axes[axis]} is none; nearest: {nearest}";
        }
        return null;
    }

    /// <summary>Crops whose coarsest level has more than one voxel, without which its norm has no deviation to divide by.</summary>
    /// <param name="network">Its name.</param>
    /// <param name="crop">Voxels of a crop, multiples of the stride.</param>
    /// <param name="stride">Stride of the coarsest level.</param>
    /// <returns>Null where they have.</returns>
    public static string? MoreThanOneVoxel(string network, Size3 crop, Size3 stride) => crop.X <= stride.X && crop.Y <= stride.Y && crop.Z <= stride.Z
        ? $"{network} normalises its coarsest level over space, and of a crop of {crop} that is a single voxel; allowed: at least {2 * stride.X} along x, {2 * stride.Y} along y or {2 * stride.Z} along z"
        : null;

    /// <summary>Refuses a crop in an encoder's constructor, as <c>validate</c> does.</summary>
    /// <exception cref="PluginException">The rule refuses it.</exception>
    public static void Require(ICropRule rule, EncoderContext context)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(context);
        if (rule.RefusalOf(context.CropSize, context.Use) is { } refusal) throw new PluginException($"A crop of {context.CropSize} voxels is refused: {refusal}.");
    }
}

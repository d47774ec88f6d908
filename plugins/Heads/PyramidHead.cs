using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Heads;

/// <summary>Checks that an encoder has the feature pyramid that a head needs.</summary>
internal static class PyramidHead
{
    /// <summary>Pyramid that the head reads.</summary>
    /// <exception cref="PluginException">The encoder gives patch tokens.</exception>
    public static PyramidEncoderInfo Of(EncoderInfo encoder, string head) => encoder as PyramidEncoderInfo
        ?? throw new PluginException($"{head} needs an encoder that returns a feature pyramid, such as swin, unet3d, mednext, mit, hybrid or vox2vec-fpn; this one returns patch tokens.");

    /// <summary>Checks that the levels of the pyramid have exactly these strides, and returns it.</summary>
    /// <exception cref="PluginException">The levels have other strides.</exception>
    public static PyramidEncoderInfo Of(EncoderInfo encoder, string head, params Size3[] strides)
    {
        PyramidEncoderInfo info = Of(encoder, head);
        return info.Levels.Select(level => level.Stride).SequenceEqual(strides)
            ? info
            : throw new PluginException($"{head} reads levels of the strides {Text(strides)}; this encoder's are {Text(info.Levels.Select(level => level.Stride))}.");
    }

    /// <summary>Formats strides for messages.</summary>
    public static string Text(IEnumerable<Size3> strides) => string.Join(", ", strides.Select(stride => stride == Size3.Cube(stride.X) ? $"{stride.X}" : $"{stride}"));

    /// <summary>Voxels of a level.</summary>
    public static long Voxels(Size3 crop, Size3 stride)
    {
        long count = 1;
        for (int axis = 0; axis < 3; axis++) count *= (crop[axis] + stride[axis] - 1) / stride[axis];
        return count;
    }
}

using static TorchSharp.torch;

namespace HiEndMae;

/// <summary>An encoder that gives one embedding for a volume and one for a slice, with the same blocks for both. <see cref="PyramidEncoderInfo.SliceEmbedding"/> is the width of both.</summary>
/// <remarks>Weights that exist in pre-training alone belong to a submodule named <c>pretraining</c>. Later stages leave them out.</remarks>
public interface ISliceEncoder
{
    /// <summary>Embeds volumes.</summary>
    /// <param name="volumes">[B, C, X, Y, Z], intensities scaled to [0, 1].</param>
    /// <returns>[B, W].</returns>
    Tensor EmbedVolumes(Tensor volumes);

    /// <summary>Embeds slices across the first axis of volumes.</summary>
    /// <param name="slices">[S, C, Y, Z].</param>
    /// <returns>[S, W].</returns>
    Tensor EmbedSlices(Tensor slices);
}

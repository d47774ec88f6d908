using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>VoCo: the position of a random crop is predicted from its similarity to the cells of a grid, with a moving-average teacher (Wu et al., CVPR 2024, arXiv:2402.17300). The defaults are those of the official run.</summary>
/// <remarks>A crop of <c>[pretrain.data]</c> is the whole region of a case, officially 384 x 384 x 96 voxels. Cells and random crops are cut from it and have its full extent along z.</remarks>
[Component(Slot.Decoder, "voco"), Reads(Features.Pyramid), WithoutMask]
public sealed partial record VocoConfig : IViewSizes
{
    /// <summary>Number of cells along x, and along y.</summary>
    [Range(2, 16)]
    public int GridCells { get; init; } = 4;

    /// <summary>Number of random crops per region.</summary>
    [Range(1, 64)]
    public int RandomCrops { get; init; } = 2;

    /// <summary>Edge of random crops along x and y, in voxels. The default is the edge of a cell.</summary>
    [Range(2, 4096)]
    public int? CropEdge { get; init; }

    /// <summary>Edge of the encoder's input, in voxels. Cells and random crops are resized to cubes of this edge.</summary>
    [Range(8, 1024)]
    public int ViewSize { get; init; } = 64;

    /// <summary>Width of the embeddings, and of the layers of the projection before them.</summary>
    [Range(1, 65536)]
    public int EmbeddingSize { get; init; } = 2048;

    /// <summary>Momentum of the teacher's moving average.</summary>
    [Range(0, 1)]
    public double TeacherMomentum { get; init; } = 0.9;

    /// <summary>Probability of a flip along each axis, drawn for each cell and crop. Labels do not change.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.2;

    /// <summary>Probability of a rotation by 90, 180 or 270 degrees in the plane of x and y.</summary>
    [Range(0, 1)]
    public double RotateProbability { get; init; } = 0.2;

    /// <summary>Probability of adding a random number between -0.1 and 0.1 to all voxels.</summary>
    [Range(0, 1)]
    public double ShiftProbability { get; init; } = 0.1;

    /// <inheritdoc/>
    public Size3 EncoderCrop(Size3 crop) => Size3.Cube(ViewSize);
}

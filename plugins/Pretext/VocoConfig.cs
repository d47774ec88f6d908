using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Pretext;

/// <summary>VoCo: where a random crop lies is told from its likeness to the cells of a grid, with a teacher that follows (Wu et al., CVPR 2024, arXiv:2402.17300). Defaults are the official run's.</summary>
/// <remarks>A crop of <c>[pretrain.data]</c> is the whole region of a case: 384 x 384 x 96 voxels officially. Cells and random crops are cut out of it, over all of its z.</remarks>
[Component(Slot.Decoder, "voco")]
public sealed partial record VocoConfig : IViewSizes
{
    /// <summary>Cells of the grid along x, and along y.</summary>
    [Range(2, 16)]
    public int GridCells { get; init; } = 4;

    /// <summary>Random crops of a region.</summary>
    [Range(1, 64)]
    public int RandomCrops { get; init; } = 2;

    /// <summary>Edge along x and y of random crops, in voxels; left out, that of a cell.</summary>
    [Range(2, 4096)]
    public int? CropEdge { get; init; }

    /// <summary>Edge of the cubes that cells and random crops are resized to, and that the encoder sees.</summary>
    [Range(8, 1024)]
    public int ViewSize { get; init; } = 64;

    /// <summary>Width of the embeddings, and of the layers of the projection before them.</summary>
    [Range(1, 65536)]
    public int EmbeddingSize { get; init; } = 2048;

    /// <summary>How much of the teacher stays when it follows the student.</summary>
    [Range(0, 1)]
    public double TeacherMomentum { get; init; } = 0.9;

    /// <summary>Probability of a flip along each axis, for each cell and crop by itself. Labels know nothing of it.</summary>
    [Range(0, 1)]
    public double FlipProbability { get; init; } = 0.2;

    /// <summary>Probability of one to three quarter turns in the plane of x and y.</summary>
    [Range(0, 1)]
    public double RotateProbability { get; init; } = 0.2;

    /// <summary>Probability that a number between -0.1 and 0.1 is added to all voxels.</summary>
    [Range(0, 1)]
    public double ShiftProbability { get; init; } = 0.1;

    /// <inheritdoc/>
    public Size3 EncoderCrop(Size3 crop) => Size3.Cube(ViewSize);
}

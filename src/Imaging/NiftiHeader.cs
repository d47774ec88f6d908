namespace HiEndMae.Imaging;

/// <summary>What a volume's header says, of whatever format, in NIfTI's terms.</summary>
/// <param name="Channels">Product of the dimensions beyond the third.</param>
/// <param name="Size">Voxels along the stored axes.</param>
/// <param name="Affine">Voxel index to world mm (RAS+): sform, else qform, else voxel sizes.</param>
/// <param name="DataType">NIfTI datatype code.</param>
/// <param name="Slope">Factor on stored values; 1 where the header has none.</param>
/// <param name="Intercept">Added after it.</param>
public sealed record NiftiHeader(int Channels, Size3 Size, Affine Affine, int DataType, double Slope, double Intercept)
{
    /// <summary>Both forms of a NIfTI file; null for other formats.</summary>
    public NiftiForms? Forms { get; init; }

    /// <summary>Sentences that the user should see, such as about other objects in a DICOM folder.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal bool SwapBytes { get; init; }

    internal long DataOffset { get; init; }

    internal bool IsPair { get; init; }

    /// <summary>Whether the channels of a voxel stand side by side, before the next voxel, and not one volume behind another.</summary>
    internal bool IsInterleaved { get; init; }
}

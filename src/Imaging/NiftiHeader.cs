namespace HiEndMae.Imaging;

/// <summary>The header of a volume of any format, in the terms of NIfTI.</summary>
/// <param name="Channels">Product of the dimensions beyond the third.</param>
/// <param name="Size">Number of voxels along the stored axes.</param>
/// <param name="Affine">Maps voxel indices to world mm (RAS+): the sform, otherwise the qform, otherwise the voxel sizes.</param>
/// <param name="DataType">NIfTI datatype code.</param>
/// <param name="Slope">Factor on stored values; 1 if the header has none.</param>
/// <param name="Intercept">Value added after multiplying.</param>
public sealed record NiftiHeader(int Channels, Size3 Size, Affine Affine, int DataType, double Slope, double Intercept)
{
    /// <summary>Both forms of a NIfTI file; null for other formats.</summary>
    public NiftiForms? Forms { get; init; }

    /// <summary>Millimetres of the unit that a NIfTI header names: 1000 for metres, 0.001 for micrometres; 1 for millimetres, for none, and for other formats. Positions are read as
    /// millimetres in every case.</summary>
    public double UnitMm { get; init; } = 1;

    /// <summary>Sentences that the user should see, such as about other objects in a DICOM folder.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    internal bool SwapBytes { get; init; }

    internal long DataOffset { get; init; }

    internal bool IsPair { get; init; }

    /// <summary>Whether the channels of a voxel are stored together, instead of one volume per channel.</summary>
    internal bool IsInterleaved { get; init; }
}

using HiEndMae.Imaging;

namespace HiEndMae.Engine.Data.Cases;

/// <summary>Describes the arrays of a prepared case: which arrays it has, and their types and shapes in memory and in files.</summary>
/// <param name="Grid">Grid of the voxels: RAS+, resampled, and optionally cropped to the foreground.</param>
/// <param name="Stored">Grid of the file that the case was read from. Predictions go back to it.</param>
/// <param name="Channels">Image channels C.</param>
/// <param name="LabelBytes">Bytes of a label: 0 for a case without labels, otherwise 1 or 2.</param>
public sealed record CaseLayout(VolumeGrid Grid, VolumeGrid Stored, int Channels, int LabelBytes)
{
    /// <summary>Whether some intensities are negative.</summary>
    public bool IsSigned { get; init; }

    /// <summary>Voxels along x, y, z.</summary>
    public Size3 Size => Grid.Size;

    /// <summary>Whether the case has labels.</summary>
    public bool HasLabel => LabelBytes > 0;

    /// <summary>Rows along z of one channel, X * Y.</summary>
    public int Rows => checked(Size.X * Size.Y);

    /// <summary>Intensities [C, X, Y, Z] in half precision.</summary>
    public NpyHeader Image => new("<f2", [Channels, Size.X, Size.Y, Size.Z]);

    /// <summary>Class indices [X, Y, Z].</summary>
    public NpyHeader Label => new(LabelBytes == 2 ? "<u2" : "|u1", [Size.X, Size.Y, Size.Z]);

    /// <summary>Counts [2, X * Y + 1]: for each row, the number of positive voxels in all rows before it; then the same for negative voxels.</summary>
    public NpyHeader RowCounts => new("<i4", [2, checked(Rows + 1)]);

    /// <summary>Bytes of all arrays.</summary>
    public long Bytes => Image.Bytes + (HasLabel ? Label.Bytes : 0) + RowCounts.Bytes;

    /// <summary>Index of voxels that nobody has labelled. It is the largest index that a label can have.</summary>
    public int Ignored => LabelBytes == 2 ? ushort.MaxValue : byte.MaxValue;

    /// <summary>Bytes that a label needs, with room for <see cref="Ignored"/>.</summary>
    /// <param name="numClasses">Classes, background included.</param>
    public static int LabelBytesOf(int numClasses) => numClasses > byte.MaxValue ? 2 : 1;
}

using System.Globalization;

namespace HiEndMae.Runs.Analysis;

/// <summary>A position in a scan.</summary>
/// <param name="X">Right, mm; or the voxel index along the file's first axis.</param>
/// <param name="Y">Anterior, mm; or the second index.</param>
/// <param name="Z">Superior, mm; or the third index.</param>
/// <param name="IsVoxel">Whether the numbers are voxel indices of the scan's file, counted from zero.</param>
internal sealed record QueryPlace(double X, double Y, double Z, bool IsVoxel)
{
    private const string Voxels = "voxel:";

    /// <summary>Reads "X,Y,Z" in mm (RAS+), or "voxel:I,J,K".</summary>
    /// <returns>The position; null if the text is neither.</returns>
    public static QueryPlace? Parse(string text)
    {
        bool isVoxel = text.StartsWith(Voxels, StringComparison.OrdinalIgnoreCase);
        string[] parts = (isVoxel ? text[Voxels.Length..] : text).Split(',', StringSplitOptions.TrimEntries);
        if (parts.Length != 3) return null;
        var numbers = new double[3];
        for (int i = 0; i < 3; i++)
        {
            if (!double.TryParse(parts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i])) return null;
        }
        return new QueryPlace(numbers[0], numbers[1], numbers[2], isVoxel);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(IsVoxel ? Voxels : "")}{X},{Y},{Z}");
}

namespace HiEndMae.Imaging;

/// <summary>Source positions of the voxels along one target axis, kept within the source.</summary>
/// <param name="Partner">The source axis that the target axis runs along.</param>
/// <param name="Low">Source index below each position.</param>
/// <param name="High">Source index above it.</param>
/// <param name="Fraction">Weight of the index above.</param>
/// <param name="Nearest">Closest source index.</param>
internal sealed record AxisPositions(int Partner, int[] Low, int[] High, float[] Fraction, int[] Nearest)
{
    /// <summary>Positions step * i + start.</summary>
    public static AxisPositions Along(int partner, int sourceLength, int targetLength, double step, double start)
    {
        var positions = new AxisPositions(partner, new int[targetLength], new int[targetLength], new float[targetLength], new int[targetLength]);
        for (int i = 0; i < targetLength; i++)
        {
            double position = Math.Clamp(step * i + start, 0, sourceLength - 1);
            int low = (int)position;
            positions.Low[i] = low;
            positions.High[i] = Math.Min(low + 1, sourceLength - 1);
            positions.Fraction[i] = (float)(position - low);
            positions.Nearest[i] = (int)Math.Round(position, MidpointRounding.ToEven);
        }
        return positions;
    }
}

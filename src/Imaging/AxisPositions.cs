namespace HiEndMae.Imaging;

/// <summary>Source positions of the voxels along one target axis, clamped to the source.</summary>
/// <param name="Partner">The source axis parallel to the target axis.</param>
/// <param name="Low">The source index below each position.</param>
/// <param name="High">The source index above each position.</param>
/// <param name="Fraction">The weight of the index above.</param>
/// <param name="Nearest">The nearest source index.</param>
internal sealed record AxisPositions(int Partner, int[] Low, int[] High, float[] Fraction, int[] Nearest)
{
    /// <summary>Computes the positions step * i + start.</summary>
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

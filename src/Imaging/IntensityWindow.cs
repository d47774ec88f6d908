using System.Numerics;
using System.Runtime.InteropServices;

namespace HiEndMae.Imaging;

/// <summary>Clips intensities to a window and scales them to [0, 1] (as MONAI's ScaleIntensityRange with clip).</summary>
public static class IntensityWindow
{
    /// <summary>Applies the window in place; NaN stays NaN.</summary>
    /// <param name="voxels">Intensities, HU for CT.</param>
    /// <param name="low">Mapped to 0.</param>
    /// <param name="high">Mapped to 1, above <paramref name="low"/>.</param>
    public static void Apply(Span<float> voxels, double low, double high)
    {
        float from = (float)low, width = (float)(high - low);
        Span<Vector<float>> vectors = MemoryMarshal.Cast<float, Vector<float>>(voxels);
        var start = new Vector<float>(from);
        var divisor = new Vector<float>(width);
        foreach (ref Vector<float> vector in vectors)
        {
            Vector<float> scaled = (vector - start) / divisor;
            vector = Vector.ConditionalSelect(Vector.Equals(scaled, scaled), Vector.Min(Vector.Max(scaled, Vector<float>.Zero), Vector<float>.One), scaled);
        }
        foreach (ref float value in voxels[(vectors.Length * Vector<float>.Count)..]) value = Math.Clamp((value - from) / width, 0f, 1f);
    }
}

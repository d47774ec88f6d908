namespace HiEndMae.Reports.Figures;

/// <summary>Colours of attention maps.</summary>
internal static class Heat
{
    /// <summary>The jet colours from blue over green to red.</summary>
    /// <param name="value">From 0 to 1.</param>
    public static uint Jet(float value)
    {
        float v = float.IsFinite(value) ? Math.Clamp(value, 0f, 1f) * 4 : 0;
        return Canvas.Color(Part(v - 1.5f), Part(1.5f - Math.Abs(v - 2)), Part(2.5f - v));

        static byte Part(float level) => (byte)(Math.Clamp(level, 0f, 1f) * 255);
    }
}

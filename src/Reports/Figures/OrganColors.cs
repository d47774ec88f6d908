using SkiaSharp;

namespace HiEndMae.Reports.Figures;

/// <summary>Colours of classes: well apart for neighbouring indices, the same in every picture.</summary>
internal static class OrganColors
{
    /// <summary>The truth has the organ and the prediction nothing.</summary>
    public static uint Missed { get; } = Canvas.Color(70, 140, 255);

    /// <summary>The prediction has an organ and the truth nothing.</summary>
    public static uint Invented { get; } = Canvas.Color(255, 165, 0);

    /// <summary>Both have an organ, but not the same.</summary>
    public static uint Confused { get; } = Canvas.Color(240, 40, 120);

    /// <summary>Colour of a class index from 1 up.</summary>
    public static uint Of(int label)
    {
        // The golden angle: however many there are, no two neighbours share a hue.
        SKColor color = SKColor.FromHsv(label * 137.508f % 360f, 75, label % 2 == 0 ? 85 : 100);
        return Canvas.Color(color.Red, color.Green, color.Blue);
    }

    /// <summary>Half of each.</summary>
    public static uint Blend(uint first, uint second) => ((first & 0xFEFEFEFE) >> 1) + ((second & 0xFEFEFEFE) >> 1) | 0xFF000000;
}

using SkiaSharp;

namespace HiEndMae.Reports.Figures;

/// <summary>Chooses colours for classes. Neighbouring indices have clearly different colours, and every picture uses the same ones.</summary>
internal static class OrganColors
{
    /// <summary>Colour of voxels with an organ in the truth and background in the prediction.</summary>
    public static uint Missed { get; } = Canvas.Color(70, 140, 255);

    /// <summary>Colour of voxels with an organ in the prediction and background in the truth.</summary>
    public static uint Invented { get; } = Canvas.Color(255, 165, 0);

    /// <summary>Colour of voxels with different organs in truth and prediction.</summary>
    public static uint Confused { get; } = Canvas.Color(240, 40, 120);

    /// <summary>Returns the colour of a class index, at least 1.</summary>
    public static uint Of(int label)
    {
        // Hues advance by the golden angle, so that neighbours never have similar hues.
        SKColor color = SKColor.FromHsv(label * 137.508f % 360f, 75, label % 2 == 0 ? 85 : 100);
        return Canvas.Color(color.Red, color.Green, color.Blue);
    }

    /// <summary>Mixes two colours in equal parts.</summary>
    public static uint Blend(uint first, uint second) => ((first & 0xFEFEFEFE) >> 1) + ((second & 0xFEFEFEFE) >> 1) | 0xFF000000;
}

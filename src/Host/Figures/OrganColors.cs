using SkiaSharp;

namespace HiEndMae.Host.Figures;

/// <summary>Colours of classes: well apart for neighbouring indices, the same in every picture.</summary>
internal static class OrganColors
{
    /// <summary>Colour of a class index from 1 up.</summary>
    public static SKColor Of(int label) => SKColor.FromHsv(label * 137.508f % 360f, 75, label % 2 == 0 ? 85 : 100);
}

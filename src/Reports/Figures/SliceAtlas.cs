namespace HiEndMae.Reports.Figures;

/// <summary>Describes the axial slices of a segmented case, stored as tiles of pictures: <c>figures/slices/STAGE-CASE/atlas.json</c> beside image.jpg, truth.png and prediction.png.</summary>
/// <param name="Case">Id of the case.</param>
/// <param name="Start">Start of the fine-tuning.</param>
/// <param name="Width">Width of a tile in pixels.</param>
/// <param name="Height">Height of a tile in pixels.</param>
/// <param name="Columns">Number of tiles in a row.</param>
/// <param name="Slices">Index of the slice that each tile shows.</param>
/// <param name="Middle">Index of the tile to show first, which has most foreground.</param>
/// <param name="Aspect">Width of a tile divided by its height, both in mm.</param>
/// <param name="Labels">Names and colours of the classes in truth or prediction.</param>
internal sealed record SliceAtlas(
    string Case, string Start, int Width, int Height, int Columns, IReadOnlyList<int> Slices, int Middle, double Aspect, IReadOnlyList<SliceLabel> Labels)
{
    /// <summary>Names of the files.</summary>
    public const string File = "atlas.json", Image = "image.jpg", Truth = "truth.png", Prediction = "prediction.png";

    /// <summary>Number of rows of tiles.</summary>
    public int Rows => (Slices.Count + Columns - 1) / Columns;
}

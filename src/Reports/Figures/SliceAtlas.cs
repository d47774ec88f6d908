namespace HiEndMae.Reports.Figures;

/// <summary>Axial slices of a segmented case as tiles of pictures: <c>figures/slices/STAGE-CASE/atlas.json</c> beside image.jpg, truth.png and prediction.png.</summary>
/// <param name="Case">Id of the case.</param>
/// <param name="Start">Start of the fine-tuning.</param>
/// <param name="Width">Pixels of a tile.</param>
/// <param name="Height">Pixels of a tile.</param>
/// <param name="Columns">Tiles side by side.</param>
/// <param name="Slices">Index of the slice that each tile shows.</param>
/// <param name="Middle">Tile to show first: the one with most foreground.</param>
/// <param name="Aspect">Width of a tile to its height, mm by mm.</param>
/// <param name="Labels">Name and colour of each class that the case has in truth or prediction.</param>
internal sealed record SliceAtlas(
    string Case, string Start, int Width, int Height, int Columns, IReadOnlyList<int> Slices, int Middle, double Aspect, IReadOnlyList<SliceLabel> Labels)
{
    /// <summary>Names of its files.</summary>
    public const string File = "atlas.json", Image = "image.jpg", Truth = "truth.png", Prediction = "prediction.png";

    /// <summary>Tiles below each other.</summary>
    public int Rows => (Slices.Count + Columns - 1) / Columns;
}

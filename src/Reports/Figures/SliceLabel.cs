namespace HiEndMae.Reports.Figures;

/// <summary>A class of a <see cref="SliceAtlas"/>.</summary>
/// <param name="Name">Of the class.</param>
/// <param name="Color">As #rrggbb.</param>
internal sealed record SliceLabel(string Name, string Color);

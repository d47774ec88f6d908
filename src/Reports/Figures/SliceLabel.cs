namespace HiEndMae.Reports.Figures;

/// <summary>A class of a <see cref="SliceAtlas"/>.</summary>
/// <param name="Name">Name of the class.</param>
/// <param name="Color">Colour as #rrggbb.</param>
internal sealed record SliceLabel(string Name, string Color);

namespace HiEndMae;

/// <summary>Classes that are segmented as one region. Regions may overlap: the whole tumour contains the tumour core.</summary>
/// <param name="Name">Name of the region, for tables.</param>
/// <param name="Classes">Indices of its classes.</param>
/// <param name="Index">Class index of the region in label maps. Regions are written in order, so a later one replaces an earlier one.</param>
public sealed record LabelRegion(string Name, IReadOnlyList<int> Classes, int Index);

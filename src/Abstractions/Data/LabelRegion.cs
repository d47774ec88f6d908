namespace HiEndMae;

/// <summary>Classes that are segmented together as one region, which may overlap other regions: the whole tumour of edema, core and enhancing part.</summary>
/// <param name="Name">Name of the region, for tables.</param>
/// <param name="Classes">Indices of its classes.</param>
/// <param name="Index">Class index that label maps get where the region is found. Regions are written in their order, so a later one lies over an earlier one.</param>
public sealed record LabelRegion(string Name, IReadOnlyList<int> Classes, int Index);

namespace HiEndMae.Plugins.Datasets;

/// <summary>A file of labels.</summary>
/// <param name="Path">The file.</param>
/// <param name="Class">Class index of a mask, whose voxels other than 0 belong to that class; null for a label map with the values of all classes.</param>
internal sealed record LabelFile(string Path, ushort? Class);

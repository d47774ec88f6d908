namespace HiEndMae.Mlflow;

/// <summary>A file of a model.</summary>
/// <param name="Path">The file.</param>
/// <param name="Folder">Folders below the model's, parted by <c>/</c>; empty for none.</param>
public sealed record ModelFile(string Path, string Folder);

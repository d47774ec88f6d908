namespace HiEndMae.Mlflow;

/// <summary>A file of a model.</summary>
/// <param name="Path">The file.</param>
/// <param name="Folder">Folder relative to the model's, with <c>/</c> between its parts; empty for none.</param>
public sealed record ModelFile(string Path, string Folder);

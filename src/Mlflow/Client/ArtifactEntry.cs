namespace HiEndMae.Mlflow;

/// <summary>A file or folder among the artifacts of a run.</summary>
/// <param name="Path">Path relative to the run's artifacts.</param>
/// <param name="IsDir">Whether it is a folder.</param>
/// <param name="FileSize">Size in bytes. Servers leave it out for folders and empty files.</param>
public sealed record ArtifactEntry(string Path, bool IsDir, long FileSize = 0);

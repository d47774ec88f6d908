namespace HiEndMae.Configuration;

/// <summary>A place in a file; lines and columns count from 1.</summary>
/// <param name="File">Path as the user gave it; empty for values that no file says.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct SourceSpan(string File, int Line, int Column);

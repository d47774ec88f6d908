namespace HiEndMae.Configuration;

/// <summary>A position in a file. Lines and columns count from 1.</summary>
/// <param name="File">Path as the user gave it; empty for values that are in no file.</param>
/// <param name="Line">Line, from 1.</param>
/// <param name="Column">Column, from 1.</param>
public readonly record struct SourceSpan(string File, int Line, int Column);

namespace HiEndMae.Engine.Data.Cache;

/// <summary>A case that cannot be prepared.</summary>
/// <param name="Id">The case.</param>
/// <param name="Reason">One sentence that names the file.</param>
public sealed record BrokenCase(string Id, string Reason);

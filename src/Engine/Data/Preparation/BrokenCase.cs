namespace HiEndMae.Engine.Data.Preparation;

/// <summary>A case that cannot be prepared.</summary>
/// <param name="Id">Id of the case.</param>
/// <param name="Reason">One sentence that says why, and names the file.</param>
public sealed record BrokenCase(string Id, string Reason);

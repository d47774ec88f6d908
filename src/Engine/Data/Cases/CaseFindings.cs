namespace HiEndMae.Engine.Data.Cases;

/// <summary>What was found while a case was prepared. It is kept with the case, so that a later run says the same without reading the scan again.</summary>
/// <param name="Notes">Sentences about the scan that the user should see.</param>
/// <param name="ClassVoxels">Voxels of each class of the prepared label map; empty without one.</param>
public sealed record CaseFindings(IReadOnlyList<string> Notes, IReadOnlyList<long> ClassVoxels)
{
    /// <summary>Nothing to say.</summary>
    public static CaseFindings None { get; } = new([], []);
}

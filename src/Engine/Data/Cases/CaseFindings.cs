namespace HiEndMae.Engine.Data.Cases;

/// <summary>Findings of the preparation of a case. They are stored with the case, so that later runs report them without reading the scan again.</summary>
/// <param name="Notes">Warnings about the scan.</param>
/// <param name="ClassVoxels">Number of voxels of each class in the prepared label map; empty without a label map.</param>
public sealed record CaseFindings(IReadOnlyList<string> Notes, IReadOnlyList<long> ClassVoxels)
{
    /// <summary>No findings.</summary>
    public static CaseFindings None { get; } = new([], []);
}

namespace HiEndMae.Verification;

/// <summary>Result of comparing a golden.</summary>
/// <param name="Golden">File name of the golden.</param>
/// <param name="Kind">Its kind; empty if the file does not contain it.</param>
/// <param name="Deviations">All comparisons; empty if there is a problem.</param>
/// <param name="Problem">Why the golden could not be compared; null if it was compared.</param>
/// <param name="IsBroken">Whether the file is the problem: it is broken, or does not match the model that it describes.</param>
public sealed record GoldenResult(string Golden, string Kind, IReadOnlyList<Deviation> Deviations, string? Problem = null, bool IsBroken = false)
{
    /// <summary>Whether everything was compared and is within tolerance.</summary>
    public bool IsReproduced => Problem is null && Deviations.Count > 0 && Deviations.All(deviation => deviation.IsWithin);
}

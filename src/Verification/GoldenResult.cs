namespace HiEndMae.Verification;

/// <summary>What came of a golden.</summary>
/// <param name="Golden">Name of its file.</param>
/// <param name="Kind">Its kind; empty where the file does not say it.</param>
/// <param name="Deviations">Every comparison; empty where there is a problem.</param>
/// <param name="Problem">Why the golden could not be compared; null where it was.</param>
/// <param name="IsBroken">Whether the problem lies in the file itself, which is broken or does not fit the model that it describes.</param>
public sealed record GoldenResult(string Golden, string Kind, IReadOnlyList<Deviation> Deviations, string? Problem = null, bool IsBroken = false)
{
    /// <summary>Whether everything was compared and is within its tolerance.</summary>
    public bool IsReproduced => Problem is null && Deviations.Count > 0 && Deviations.All(deviation => deviation.IsWithin);
}

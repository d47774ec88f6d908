using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A <c>[sweep]</c>: every combination of its axes but those that are excluded.</summary>
/// <param name="Axes">The last one varies fastest.</param>
/// <param name="Exclusions">Parts of experiments: a combination that says all of one is left out.</param>
public sealed record Sweep(IReadOnlyList<SweepAxis> Axes, IReadOnlyList<ConfigTable> Exclusions)
{
    /// <summary>Nothing to vary.</summary>
    public static Sweep None { get; } = new([], []);
}

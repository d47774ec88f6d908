using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>A <c>[sweep]</c>: every combination of its axes, except the excluded ones.</summary>
/// <param name="Axes">The axes. The last one varies fastest.</param>
/// <param name="Exclusions">Partial experiments. A combination that contains every value of one is excluded.</param>
public sealed record Sweep(IReadOnlyList<SweepAxis> Axes, IReadOnlyList<ConfigTable> Exclusions)
{
    /// <summary>A sweep without axes.</summary>
    public static Sweep None { get; } = new([], []);
}

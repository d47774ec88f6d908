using HiEndMae.Configuration;

namespace HiEndMae.Engine.Configuration;

/// <summary>Chooses the cases of a split to train on: by number, by fraction, or by id.</summary>
[ConfigSection]
public sealed partial record SubsetConfig
{
    /// <summary>Number of cases; 1 for one-shot.</summary>
    [Range(1, int.MaxValue)]
    public int? Count { get; init; }

    /// <summary>Fraction of the cases, such as 0.01. The number is rounded down, but at least 1.</summary>
    [Range(1e-9, 1)]
    public double? Fraction { get; init; }

    /// <summary>Ids of the cases.</summary>
    public IReadOnlyList<string> Cases { get; init; } = [];

    /// <summary>Seed of a random choice for count or fraction. With one seed, a larger subset contains every smaller one. Left out, the first cases are chosen.</summary>
    [Range(0, int.MaxValue)]
    public int? Seed { get; init; }

    /// <summary>Whether all cases are chosen.</summary>
    public bool IsWhole => Count is null && Fraction is null && Cases.Count == 0;

    partial void Check(KeyReport report)
    {
        if (Count is not null && Fraction is not null) report.Error(nameof(Fraction), "cannot be combined with 'count'; give only one of them");
        if (Cases.Count > 0 && (Count ?? Fraction) is not null) report.Error(nameof(Cases), "cannot be combined with 'count' or 'fraction'; give only one of them");
        if (Cases.GroupBy(name => name).FirstOrDefault(same => same.Skip(1).Any()) is { } twice) report.Error(nameof(Cases), $"names '{twice.Key}' twice");
        if (Seed is not null && Count is null && Fraction is null) report.Warning(nameof(Seed), "has no effect without 'count' or 'fraction'");
    }
}

using HiEndMae.Configuration;

namespace HiEndMae.Generators.Tests;

/// <summary>A record inside another, with a check of its own.</summary>
[ConfigSection]
public sealed partial record ChecksPartConfig
{
    /// <summary>Not three.</summary>
    public int Number { get; init; }

    partial void Check(KeyReport report)
    {
        if (Number == 3) report.Error(nameof(Number), "must not be 3");
    }
}

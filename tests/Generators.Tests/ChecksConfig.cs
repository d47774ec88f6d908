using HiEndMae.Configuration;

namespace HiEndMae.Generators.Tests;

/// <summary>Constraints that name other keys, files and code.</summary>
[ConfigSection]
public sealed partial record ChecksConfig
{
    /// <summary>Lower end.</summary>
    public double Low { get; init; }

    /// <summary>Upper end.</summary>
    public double High { get; init; } = 1;

    /// <summary>A folder.</summary>
    [Exists, Path]
    public string Root { get; init; } = ".";

    /// <summary>Labels.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>How many.</summary>
    [RequiredWith(nameof(Labels))]
    public int? NumClasses { get; init; }

    /// <summary>Memory for cached volumes.</summary>
    public ByteSize Cache { get; init; } = ByteSize.FromGibibytes(4);

    /// <summary>Single precision.</summary>
    public float Scale { get; init; } = 0.1f;

    /// <summary>Many bytes.</summary>
    public long Count { get; init; } = 1L << 40;

    /// <summary>Parts.</summary>
    public IReadOnlyList<ChecksPartConfig> Parts { get; init; } = [];

    /// <summary>Parts by name.</summary>
    public IReadOnlyDictionary<string, ChecksPartConfig> Named { get; init; } = new Dictionary<string, ChecksPartConfig>();

    partial void Check(KeyReport report)
    {
        if (Low >= High) report.Error(nameof(Low), "must be less than high");
        if (High > 100) report.Warning(nameof(High), "has no effect beyond 100");
    }
}

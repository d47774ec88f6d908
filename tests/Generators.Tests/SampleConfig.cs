using HiEndMae.Imaging;

namespace HiEndMae.Generators.Tests;

public enum Flavour
{
    Plain,
    SinCos,
}

/// <summary>A part.</summary>
[ConfigSection]
public sealed partial record PartConfig
{
    /// <summary>First.</summary>
    [Range(0, 1)]
    public double First { get; init; } = 0.25;

    /// <summary>Second.</summary>
    [Range(0, 1)]
    public double Second { get; init; } = 0.5;
}

/// <summary>Every kind of value.</summary>
[ConfigSection]
public sealed partial record SampleConfig
{
    /// <summary>Heads.</summary>
    [Range(1, 64)]
    public required int NumHeads { get; init; }

    /// <summary>Width.</summary>
    [MultipleOf(nameof(NumHeads))]
    public int Width { get; init; } = 12;

    /// <summary>Taste.</summary>
    public Flavour Flavour { get; init; } = Flavour.SinCos;

    /// <summary>Crop.</summary>
    [Range(8, 512)]
    public Size3 Crop { get; init; } = Size3.Cube(96);

    /// <summary>Spacing.</summary>
    public Spacing3 SpacingMm { get; init; } = Spacing3.Isotropic(1.5);

    /// <summary>Time.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Layers.</summary>
    [NotEmpty]
    public IReadOnlyList<int> Layers { get; init; } = [3, 6];

    /// <summary>Mode.</summary>
    [OneOf("fast", "exact")]
    public string Mode { get; init; } = "fast";

    /// <summary>Nested, with a default of its own.</summary>
    public PartConfig Part { get; init; } = new() { Second = 0.75 };

    /// <summary>Maybe.</summary>
    public PartConfig? Other { get; init; }

    /// <summary>Maybe a number.</summary>
    [IgnoredByFingerprint]
    public int? Limit { get; init; }

    /// <summary>Named numbers.</summary>
    public IReadOnlyDictionary<string, double> Weights { get; init; } = new Dictionary<string, double>();
}

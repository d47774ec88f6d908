namespace HiEndMae.Configuration;

/// <summary>One key of a table.</summary>
/// <param name="Name">snake_case.</param>
/// <param name="Kind">Kind of value.</param>
/// <param name="Summary">The property's XML summary.</param>
public sealed record KeySchema(string Name, ValueKind Kind, string Summary)
{
    /// <summary>Whether the key must be given.</summary>
    public bool Required { get; init; }

    /// <summary>Whether the value is null if the key is not given.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The default as TOML text, or null.</summary>
    public string? Default { get; init; }

    /// <summary>Smallest value allowed.</summary>
    public double? Minimum { get; init; }

    /// <summary>Largest value allowed.</summary>
    public double? Maximum { get; init; }

    /// <summary>Values allowed, for enums and one-of texts.</summary>
    public IReadOnlyList<string>? Values { get; init; }

    /// <summary>The key of whose value this one must be a multiple.</summary>
    public string? MultipleOf { get; init; }

    /// <summary>The key that requires this one.</summary>
    public string? RequiredWith { get; init; }

    /// <summary>Whether an empty text, list or table is refused.</summary>
    public bool NotEmpty { get; init; }

    /// <summary>Whether the text is a path.</summary>
    public bool IsPath { get; init; }

    /// <summary>Words that are not paths, if <see cref="IsPath"/>.</summary>
    public IReadOnlyList<string> PathKeywords { get; init; } = [];

    /// <summary>Whether the path must exist.</summary>
    public bool MustExist { get; init; }

    /// <summary>Whether fingerprints leave the key out.</summary>
    public bool IgnoredByFingerprint { get; init; }

    /// <summary>Whether the value is a list of the kind.</summary>
    public bool IsArray { get; init; }

    /// <summary>Whether the value is a table of named values of the kind.</summary>
    public bool IsDictionary { get; init; }

    /// <summary>The table's keys, for <see cref="ValueKind.Section"/>.</summary>
    public SectionSchema? Section { get; init; }

    /// <summary>The kind of component, for <see cref="ValueKind.Component"/>.</summary>
    public Slot? Slot { get; init; }

    /// <summary>Whether the component's keys are in the surrounding table.</summary>
    public bool Inline { get; init; }

    /// <summary>Dotted keys of the experiment whose values must be multiples of this one.</summary>
    public IReadOnlyList<string> Divides { get; init; } = [];

    /// <summary>Whether the value is the number of blocks of an encoder.</summary>
    public bool CountsBlocks { get; init; }

    /// <summary>Whether each value names a block of the encoder, counted from zero.</summary>
    public bool NamesBlocks { get; init; }

    /// <summary>The C# property.</summary>
    public string Property { get; init; } = "";

    /// <summary>Full name of the C# type of the value, or of each item of a list or dictionary.</summary>
    public string Type { get; init; } = "";

    /// <summary>The C# names of <see cref="Values"/>, for <see cref="ValueKind.Enum"/>.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];
}

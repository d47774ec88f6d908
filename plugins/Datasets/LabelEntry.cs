namespace HiEndMae.Plugins.Datasets;

/// <summary>A class and its value in label maps.</summary>
[ConfigSection]
public sealed partial record LabelEntry
{
    /// <summary>Name of the organ.</summary>
    [NotEmpty]
    public required string Name { get; init; }

    /// <summary>Value in the label maps.</summary>
    [Range(1, 65535)]
    public required int Id { get; init; }
}

namespace HiEndMae.Configuration;

/// <summary>The keys of a table, from which checks, help texts and JSON schemas are made. Written by the generator.</summary>
/// <param name="Name">The record's name.</param>
/// <param name="Summary">The record's XML summary.</param>
/// <param name="Keys">In declaration order.</param>
public sealed record SectionSchema(string Name, string Summary, IReadOnlyList<KeySchema> Keys)
{
    /// <summary>Whether the table belongs to a component and also has the key <c>plugin</c>.</summary>
    public bool IsComponent { get; init; }

    /// <summary>The schema of a key; null where the table has no such key.</summary>
    public KeySchema? Find(string key) => Keys.FirstOrDefault(one => one.Name == key);

    /// <summary>For an encoder, the kinds of features that it returns; for a decoder or head, those that it can read. Empty if the record does not state them.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>Whether the record belongs to a pretext task that does not use <c>mask_ratio</c>.</summary>
    public bool WithoutMask { get; init; }

    /// <summary>Full name of the C# record.</summary>
    public string Type { get; init; } = "";
}

namespace HiEndMae.Generators;

/// <summary>Names of the generator's stages, for tests of caching.</summary>
internal static class TrackingNames
{
    public const string Components = nameof(Components);
    public const string Sections = nameof(Sections);
    public const string Implementations = nameof(Implementations);
    public const string Manifest = nameof(Manifest);
    public const string RecordSchemas = nameof(RecordSchemas);
    public const string ParsedFiles = nameof(ParsedFiles);
    public const string ResolvedFiles = nameof(ResolvedFiles);
    public const string CheckedFiles = nameof(CheckedFiles);
    public const string Values = nameof(Values);
    public const string SchemaTexts = nameof(SchemaTexts);
    public const string Schemas = nameof(Schemas);
}

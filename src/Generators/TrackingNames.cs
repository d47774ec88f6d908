namespace HiEndMae.Generators;

/// <summary>Names of the generator's stages, for tests of what is cached.</summary>
internal static class TrackingNames
{
    public const string Components = nameof(Components);
    public const string Sections = nameof(Sections);
    public const string Implementations = nameof(Implementations);
    public const string Manifest = nameof(Manifest);
}

using System.Text.Json.Serialization;

namespace HiEndMae.Reports.Figures;

/// <summary>Source-generated JSON serialisation of <see cref="SliceAtlas"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(SliceAtlas))]
internal sealed partial class SliceAtlasJson : JsonSerializerContext;

using HiEndMae.Engine.Analysis;

namespace HiEndMae.Runs.Analysis;

/// <summary>An encoder with its measurements.</summary>
/// <param name="Label">Name in tables.</param>
/// <param name="Checkpoint">Its folder; null for an untrained encoder.</param>
/// <param name="Sha256">Checksum of the file of weights; null for an untrained encoder.</param>
/// <param name="Encoder">Name of the component.</param>
/// <param name="Info">Patches, grid, class token.</param>
/// <param name="Measures">By layer.</param>
internal sealed record MeasuredModel(string Label, string? Checkpoint, string? Sha256, string Encoder, EncoderInfo Info, EncoderMeasures Measures);

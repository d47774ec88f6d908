namespace HiEndMae.Runs.Analysis;

/// <summary>The attention of one model.</summary>
/// <param name="Label">Name in tables.</param>
/// <param name="Layers">Shallow first.</param>
internal sealed record MappedModel(string Label, IReadOnlyList<MappedLayer> Layers);

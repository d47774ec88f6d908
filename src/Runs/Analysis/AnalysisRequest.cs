namespace HiEndMae.Runs.Analysis;

/// <summary>What a call of <c>analyze</c> asks for.</summary>
/// <param name="Models">Runs, stages or checkpoints, each perhaps with a label.</param>
/// <param name="Seed">Seed of crops, masks and intervals.</param>
/// <param name="Out">Folder of the results; null where nothing is written.</param>
internal sealed record AnalysisRequest(IReadOnlyList<string> Models, int Seed, string? Out)
{
    /// <summary>Numbers by layer; null for none.</summary>
    public RepresentationRequest? Layers { get; init; }

    /// <summary>Attention maps; null for none.</summary>
    public MapRequest? Maps { get; init; }

    /// <summary>Whether maps side by side share a scale.</summary>
    public bool MapsShareScale { get; init; }

    /// <summary>Reconstructions; null for none.</summary>
    public ReconstructionRequest? Reconstructions { get; init; }

    /// <summary>Segmentations by fine-tuned models; null for none.</summary>
    public SegmentationRequest? Segmentations { get; init; }

    /// <summary>Whether scores are sorted by the targets' shapes.</summary>
    public bool Targets { get; init; }

    /// <summary>Frozen probes; null for none.</summary>
    public ProbeRequest? Probe { get; init; }
}

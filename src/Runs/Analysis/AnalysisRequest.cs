namespace HiEndMae.Runs.Analysis;

/// <summary>The request of a call of <c>analyze</c>.</summary>
/// <param name="Models">Runs, stages or checkpoints, with optional labels.</param>
/// <param name="Seed">Seed of crops, masks and intervals.</param>
/// <param name="Out">Folder of the results; null if nothing is written.</param>
internal sealed record AnalysisRequest(IReadOnlyList<string> Models, int Seed, string? Out)
{
    /// <summary>Request for numbers by layer; null for none.</summary>
    public RepresentationRequest? Layers { get; init; }

    /// <summary>Request for attention maps; null for none.</summary>
    public MapRequest? Maps { get; init; }

    /// <summary>Whether maps that are shown together share a scale.</summary>
    public bool MapsShareScale { get; init; }

    /// <summary>Request for reconstructions; null for none.</summary>
    public ReconstructionRequest? Reconstructions { get; init; }

    /// <summary>Request for segmentations by fine-tuned models; null for none.</summary>
    public SegmentationRequest? Segmentations { get; init; }

    /// <summary>Whether to relate scores to the shapes of the targets.</summary>
    public bool Targets { get; init; }

    /// <summary>Request for frozen probes; null for none.</summary>
    public ProbeRequest? Probe { get; init; }
}

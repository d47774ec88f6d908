namespace HiEndMae.Runs.Analysis;

/// <summary>The encoder that an analysis needs.</summary>
internal enum AnalysisNeed
{
    /// <summary>Any encoder.</summary>
    Layers,

    /// <summary>An encoder with patch tokens.</summary>
    Tokens,

    /// <summary>An encoder with patch tokens, some of which are hidden by the same mask for every model.</summary>
    Masks,

    /// <summary>An encoder with patch tokens whose attention can be traced.</summary>
    Attention,
}

namespace HiEndMae.Runs.Analysis;

/// <summary>What an analysis needs of an encoder.</summary>
internal enum AnalysisNeed
{
    /// <summary>Any encoder.</summary>
    Layers,

    /// <summary>Patch tokens.</summary>
    Tokens,

    /// <summary>Patch tokens, and attention that can be watched.</summary>
    Attention,
}

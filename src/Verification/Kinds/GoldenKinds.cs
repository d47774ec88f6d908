using HiEndMae.Verification.Networks;

namespace HiEndMae.Verification.Kinds;

/// <summary>Lists the kinds of goldens that can be compared. Add new kinds here.</summary>
public static class GoldenKinds
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<IGoldenKind> All { get; } = [new PretrainingKind(), new UnetrKind(), new TransferKind(), new NetworkKind(), new PretextKind(), new MetricsKind(), new OptimiserKind(), new AnalysisKind()];
}

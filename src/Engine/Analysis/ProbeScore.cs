using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Analysis;

/// <summary>Scores of the probes of a layer, on cases on which nothing was fitted.</summary>
/// <param name="Layer">Number of the block, counted from zero, or "norm".</param>
/// <param name="Ridge">R2 of ridge regression, mean over classes, with its interval over cases.</param>
/// <param name="RidgeByClass">R2 of ridge regression by class, without background; null for a class that occurs in no scored token.</param>
/// <param name="Penalty">The ridge penalty that was chosen.</param>
/// <param name="Nearest">R2 of k nearest neighbours, mean over classes.</param>
/// <param name="NearestByClass">R2 of k nearest neighbours by class.</param>
/// <param name="EffectiveRank">exp of the entropy of the singular values of the centred tokens that were fitted (equation 6 of the paper on tokens).</param>
public sealed record ProbeScore(
    string Layer, Statistic Ridge, IReadOnlyList<double?> RidgeByClass, double Penalty, Statistic Nearest, IReadOnlyList<double?> NearestByClass, double EffectiveRank);

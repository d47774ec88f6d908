using HiEndMae.Engine.Metrics;

namespace HiEndMae.Engine.Analysis;

/// <summary>How well the tokens of a layer tell what is in their patches, on cases that nothing was fitted on.</summary>
/// <param name="Layer">A block's number, counted from zero, or "norm".</param>
/// <param name="Ridge">R2 of ridge regression, mean over classes, with its interval over cases.</param>
/// <param name="RidgeByClass">The same by class, without background; null for a class that no scored token holds.</param>
/// <param name="Penalty">The ridge penalty that was chosen.</param>
/// <param name="Nearest">R2 of k nearest neighbours, mean over classes.</param>
/// <param name="NearestByClass">The same by class.</param>
/// <param name="EffectiveRank">exp of the entropy of the singular values of the centred tokens that were fitted (equation 6 of the paper on tokens).</param>
public sealed record ProbeScore(
    string Layer, Statistic Ridge, IReadOnlyList<double?> RidgeByClass, double Penalty, Statistic Nearest, IReadOnlyList<double?> NearestByClass, double EffectiveRank);

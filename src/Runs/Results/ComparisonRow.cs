using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Results;

/// <summary>One line of a comparison.</summary>
/// <param name="Name">"mean", or a class.</param>
/// <param name="Pairs">Number of cases in which both evaluations have a finite value.</param>
/// <param name="First">Mean of the first evaluation over these cases.</param>
/// <param name="Second">Mean of the second evaluation over these cases.</param>
/// <param name="Difference">Second minus first, with deviation and bootstrap interval; null without pairs.</param>
/// <param name="Test">Wilcoxon's signed-rank test of the differences.</param>
/// <param name="Holm">The p-value adjusted for the number of classes by Holm's procedure. That of the mean is not adjusted.</param>
internal sealed record ComparisonRow(string Name, int Pairs, double First, double Second, Statistic? Difference, SignedRankTest Test, double Holm);

using HiEndMae.Engine.Metrics;

namespace HiEndMae.Runs.Results;

/// <summary>One line of a comparison.</summary>
/// <param name="Name">"mean", or a class.</param>
/// <param name="Pairs">Cases in which both have a finite value.</param>
/// <param name="First">Mean of the first over these.</param>
/// <param name="Second">Mean of the second.</param>
/// <param name="Difference">Second minus first, with deviation and bootstrap interval; null without pairs.</param>
/// <param name="Test">Wilcoxon's signed-rank test of the differences.</param>
/// <param name="Holm">Its p-value adjusted for the classes read together; the mean is not adjusted.</param>
internal sealed record ComparisonRow(string Name, int Pairs, double First, double Second, Statistic? Difference, SignedRankTest Test, double Holm);

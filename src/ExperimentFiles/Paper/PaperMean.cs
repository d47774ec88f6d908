namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A column that the paper prints as the mean of others.</summary>
/// <param name="Column">The mean.</param>
/// <param name="Of">Its cells.</param>
public sealed record PaperMean(string Column, IReadOnlyList<string> Of);

namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A column that is the mean of other columns in the paper.</summary>
/// <param name="Column">Column of the mean.</param>
/// <param name="Of">Columns that are averaged.</param>
public sealed record PaperMean(string Column, IReadOnlyList<string> Of);

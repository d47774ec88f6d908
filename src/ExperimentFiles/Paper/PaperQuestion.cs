namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>What a table is there to answer: whether one row is better than another.</summary>
/// <param name="Row">Said to be the better one.</param>
/// <param name="Against">The other.</param>
public sealed record PaperQuestion(string Row, string Against);

namespace HiEndMae.ExperimentFiles.Paper;

/// <summary>A comparison that a table is meant to show: whether one row is better than another.</summary>
/// <param name="Row">Row that is better according to the paper.</param>
/// <param name="Against">Row that it is compared with.</param>
public sealed record PaperQuestion(string Row, string Against);

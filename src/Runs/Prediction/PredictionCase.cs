namespace HiEndMae.Runs.Prediction;

/// <summary>A case to segment.</summary>
/// <param name="Name">Prefix of the names of the files that are written. <c>evaluate</c> pairs files by it.</param>
/// <param name="Case">The case.</param>
internal sealed record PredictionCase(string Name, DatasetCase Case);

namespace HiEndMae.Host.Commands;

/// <summary>Options of both forms of <c>evaluate</c>.</summary>
/// <param name="Path">Run, checkpoint or predictions.</param>
/// <param name="Out">Folder of results, or null.</param>
/// <param name="Json">Whether JSON is printed.</param>
/// <param name="Models">Which models, and settings.</param>
internal sealed record EvaluateOptions(string Path, string? Out, bool Json, ModelChoice Models);

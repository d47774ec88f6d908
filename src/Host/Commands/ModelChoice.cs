using HiEndMae.Engine.Inference;

namespace HiEndMae.Host.Commands;

/// <summary>Which of a run's models are used and how.</summary>
/// <param name="Start">Name of the start, or null.</param>
/// <param name="Checkpoints">Names or paths; empty for the default.</param>
/// <param name="Averaging">What several become.</param>
/// <param name="Overrides">KEY=VALUE for the run's config.</param>
internal sealed record ModelChoice(string? Start, IReadOnlyList<string> Checkpoints, CheckpointAveraging Averaging, IReadOnlyList<string> Overrides);

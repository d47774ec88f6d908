using HiEndMae.Engine.Inference;

namespace HiEndMae.Host.Commands;

/// <summary>The models of a run to use, and how to use them.</summary>
/// <param name="Start">Name of the start, or null.</param>
/// <param name="Checkpoints">Names or paths; empty for the default.</param>
/// <param name="Averaging">How several checkpoints are averaged.</param>
/// <param name="Overrides">KEY=VALUE for the run's config.</param>
internal sealed record ModelChoice(string? Start, IReadOnlyList<string> Checkpoints, CheckpointAveraging Averaging, IReadOnlyList<string> Overrides);

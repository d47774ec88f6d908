using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Weights;

/// <summary>The state of a checkpoint besides tensors.</summary>
/// <param name="Step">Number of optimiser steps done.</param>
/// <param name="OptimizerSteps">Number of applied updates, for the optimiser's bias correction.</param>
/// <param name="Fingerprint">Fingerprint of the experiment. The state of another experiment is restored only if the user allows it.</param>
/// <param name="EndReason">Why the training ended before its last step, or null.</param>
/// <param name="IsAveraged">Whether the weights are moving averages. The optimiser's <c>average.*</c> tensors are then the weights with which training continues.</param>
/// <param name="BestStep">Step of the best checkpoint so far, or null.</param>
/// <param name="Parts">State of the parts of the training loop, by name.</param>
public sealed record TrainingState(
    int Step, long OptimizerSteps, string Fingerprint, string? EndReason, bool IsAveraged, int? BestStep, JsonObject Parts);

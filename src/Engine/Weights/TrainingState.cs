using System.Text.Json.Nodes;

namespace HiEndMae.Engine.Weights;

/// <summary>What a checkpoint holds besides tensors.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="OptimizerSteps">Updates that were applied, for the optimiser's bias correction.</param>
/// <param name="Fingerprint">Of the experiment; another experiment's state is not restored unasked.</param>
/// <param name="EndReason">Why it ended before its last step, where it did.</param>
/// <param name="IsAveraged">Whether the weights are moving averages, and the optimiser's <c>average.*</c> tensors the weights to go on with.</param>
/// <param name="BestStep">Step of the best checkpoint so far, where one is chosen.</param>
/// <param name="Parts">What the parts of the loop remember, by part.</param>
public sealed record TrainingState(
    int Step, long OptimizerSteps, string Fingerprint, string? EndReason, bool IsAveraged, int? BestStep, JsonObject Parts);

using HiEndMae.Engine.Configuration;

namespace HiEndMae.Engine.Training;

/// <summary>How long to train, and how often to log and save.</summary>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="LogEvery">Steps between logged values.</param>
/// <param name="CheckpointEvery">Steps between checkpoints.</param>
/// <param name="Optimizer">AdamW.</param>
/// <param name="WarmupSteps">Steps of linear warm-up.</param>
/// <param name="Fingerprint">Of the experiment.</param>
/// <param name="Threads">Threads of the optimiser.</param>
public sealed record TrainerOptions(
    int Steps, int LogEvery, int CheckpointEvery, OptimizerConfig Optimizer, int WarmupSteps, string Fingerprint, int Threads);

namespace HiEndMae.Engine.Weights;

/// <summary>What a checkpoint holds besides tensors.</summary>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="OptimizerSteps">Steps that the optimiser counts, for its bias correction.</param>
/// <param name="LossSum">Sum of the losses since the last logged value.</param>
/// <param name="LossCount">How many they are.</param>
/// <param name="Fingerprint">Of the experiment; another experiment's state is never restored.</param>
public sealed record TrainingState(int Step, long OptimizerSteps, float LossSum, int LossCount, string Fingerprint);

namespace HiEndMae.Engine.Training;

/// <summary>How a training ended.</summary>
/// <param name="Steps">Optimiser steps.</param>
/// <param name="LastLoss">The last logged loss; NaN where nothing was left to do.</param>
/// <param name="Checkpoint">Folder of the last checkpoint.</param>
/// <param name="Elapsed">Wall time of this process.</param>
public sealed record TrainResult(int Steps, double LastLoss, string Checkpoint, TimeSpan Elapsed);

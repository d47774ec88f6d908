using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>What every stage is given besides its own config.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Device">Where models are.</param>
/// <param name="Threads">Threads of the optimiser.</param>
/// <param name="Identity">What the stage's checkpoints belong to.</param>
/// <param name="Folder">The stage's folder; checkpoints go to <c>checkpoints</c> below it.</param>
/// <param name="Data">What stages share to get their cases.</param>
/// <param name="Budget">How long the run may take.</param>
/// <param name="Logger">Where values go.</param>
/// <param name="Clock">Time.</param>
public sealed record StageContext(
    int Seed, Device Device, int Threads, RunIdentity Identity, string Folder, DataServices Data, TimeBudget Budget, IStageLogger Logger, TimeProvider Clock)
{
    /// <summary>What forward computes in while training.</summary>
    public Precision Precision { get; init; }

    /// <summary>The stage's checkpoints.</summary>
    public CheckpointStore Checkpoints(Retention retention) => new(Path.Combine(Folder, "checkpoints"), retention, Logger.Warn);
}

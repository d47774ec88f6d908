using HiEndMae.Engine.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>What every stage is given besides its own config.</summary>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Device">Where models are.</param>
/// <param name="Threads">Threads of the optimiser.</param>
/// <param name="Fingerprint">Of the experiment.</param>
/// <param name="Folder">The stage's folder; checkpoints go to <c>checkpoints</c> below it.</param>
/// <param name="CacheBytes">Memory for prepared cases.</param>
/// <param name="Logger">Where values go.</param>
/// <param name="Clock">Time.</param>
public sealed record StageContext(
    int Seed, Device Device, int Threads, string Fingerprint, string Folder, long CacheBytes, IStageLogger Logger, TimeProvider Clock)
{
    /// <summary>Checkpoints kept: the newest, and one before it in case that one is torn.</summary>
    public const int KeptCheckpoints = 2;

    /// <summary>The stage's checkpoints.</summary>
    public Weights.CheckpointStore Checkpoints => new(Path.Combine(Folder, "checkpoints"), KeptCheckpoints, Logger.Note);
}

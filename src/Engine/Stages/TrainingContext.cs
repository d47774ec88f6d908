using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Weights;

namespace HiEndMae.Engine.Stages;

/// <summary>What a stage that trains needs from its run, in addition to what every stage needs.</summary>
/// <param name="Stage">What every stage needs.</param>
/// <param name="Folder">Folder of the stage. Its checkpoints and reports are written there.</param>
/// <param name="Identity">Identity of the run, which checkpoints store.</param>
/// <param name="Threads">Threads of the optimiser.</param>
/// <param name="Precision">Precision of forward passes, as the config has it.</param>
/// <param name="Budget">Time that the run may take.</param>
public sealed record TrainingContext(StageContext Stage, string Folder, RunIdentity Identity, int Threads, Precision Precision, TimeBudget Budget)
{
    /// <summary>File that records which precision was chosen, if the config leaves the choice to the program.</summary>
    public string PrecisionFile { get; init; } = Path.Combine(Folder, "precision.json");

    /// <summary>Opens the stage's checkpoints.</summary>
    public CheckpointStore Checkpoints(Retention retention) => new(Path.Combine(Folder, Stages.Stage.CheckpointFolderName), retention, Stage.Logger.Warn);
}

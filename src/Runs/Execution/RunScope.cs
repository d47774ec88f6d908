using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Runs.Directories;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Tracking;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Execution;

/// <summary>What the stages of a run share.</summary>
/// <param name="Config">The experiment.</param>
/// <param name="Directory">The run directory.</param>
/// <param name="Tracked">The tracked run.</param>
/// <param name="Datasets">The datasets of the stages.</param>
/// <param name="Models">Creates models.</param>
/// <param name="Cases">How cases are opened.</param>
/// <param name="Identity">Identity of the run, which checkpoints store.</param>
/// <param name="Budget">Time that the run may take.</param>
internal sealed record RunScope(
    ExperimentConfig Config, RunDirectory Directory, TrackedExperiment Tracked, RunDatasets Datasets, ModelFactory Models, DataServices Cases, RunIdentity Identity, TimeBudget Budget)
{
    /// <summary>Weights that fine-tunings start from.</summary>
    public required StartWeights Starts { get; init; }

    /// <summary>Device of the models.</summary>
    public required Device Device { get; init; }

    /// <summary>Threads of the optimiser.</summary>
    public required int Threads { get; init; }

    /// <summary>The processes that run the experiment together.</summary>
    public required IProcessGroup Group { get; init; }

    /// <summary>What a stage needs from its run.</summary>
    public StageContext ContextOf(IStageLogger logger, TimeProvider clock) => new(Config.Seed, Device, Cases, logger, clock) { Group = Group };

    /// <summary>What a stage that trains needs from its run.</summary>
    public TrainingContext TrainingContextOf(Stage stage, StageContext context) => new(context, Directory.File(stage.Name), Identity, Threads, Config.Precision, Budget)
    {
        // Fine-tunings from different starts are compared, so they share one choice.
        PrecisionFile = Directory.File($"precision-{Stage.NameOf(stage.Kind)}.json"),
    };
}

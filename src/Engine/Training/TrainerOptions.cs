using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training.Schedules;

namespace HiEndMae.Engine.Training;

/// <summary>Settings of a training.</summary>
/// <param name="Length">Steps and epochs.</param>
/// <param name="GradAccumulation">Batches per step.</param>
/// <param name="LogEvery">Steps between logged values.</param>
/// <param name="CheckpointEvery">Steps between checkpoints.</param>
/// <param name="Optimizer">Constants of the optimiser.</param>
/// <param name="Schedule">Learning rate by step.</param>
/// <param name="Threads">Threads of the optimiser.</param>
/// <param name="Identity">Identity of the run, which checkpoints store.</param>
public sealed record TrainerOptions(
    TrainingLength Length, int GradAccumulation, int LogEvery, int CheckpointEvery, OptimizerConfig Optimizer, Schedules.ISchedule Schedule, int Threads, RunIdentity Identity)
{
    private readonly Schedules.WeightDecaySchedule decays = new(Optimizer, Length);

    /// <summary>Precision of forward passes.</summary>
    public StepPrecision Precision { get; init; } = StepPrecision.Full;

    /// <summary>Returns the factor of weight decay at a step.</summary>
    public double DecayFactorAt(int step) => decays.FactorAt(step);

    /// <summary>The processes that share the batches of a step.</summary>
    public IProcessGroup Group { get; init; } = SingleProcess.Instance;

    /// <summary>Whether gradients are added by a fixed tree.</summary>
    public bool SumTree { get; init; } = true;

    /// <summary>The settings of a stage.</summary>
    public static TrainerOptions Of(TrainingConfig config, TrainingLength length, RunIdentity identity, int threads)
    {
        ArgumentNullException.ThrowIfNull(config);
        return new TrainerOptions(
            length, config.GradAccumulation, config.LogEvery, config.CheckpointEvery, config.Optimizer,
            Schedules.LearningRates.Create(config.Optimizer.Lr, config.Schedule, length), threads, identity) { SumTree = config.SumTree };
    }
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Schedules;
using TorchSharp;

namespace HiEndMae.Engine.Tests;

/// <summary>The config of a training without a stage around it.</summary>
internal sealed record TestTraining : ITrainingConfig
{
    public int? Steps { get; init; }

    public int? Epochs { get; init; }

    public int GradAccumulation { get; init; } = 1;

    public int Volumes { get; init; } = 1;

    public DataConfig Data => new() { Dataset = null!, Volumes = Volumes };

    public OptimizerConfig Optimizer { get; init; } = new() { Lr = 1e-2, GradClip = 1 };

    public ScheduleConfig Schedule { get; init; } = new() { WarmupSteps = 5 };

    public int LogEvery { get; init; } = 5;

    public int FiguresEvery { get; init; }

    public int CheckpointEvery { get; init; } = 10;

    public int KeepCheckpoints { get; init; } = 2;

    public int KeepEvery { get; init; }

    public int MaxBadSteps { get; init; } = 3;

    public Precision Precision { get; init; }

    public TrainerOptions Options(int cases = 1) => TrainerOptions.Of(this, new TrainingLength(this, cases), new RunIdentity("experiment", "name = \"test\"\n", []), threads: 1) with { Precision = new StepPrecision(Precision, torch.CPU) };

    public ISchedule Rates(int cases) => LearningRates.Create(Optimizer.Lr, Schedule, new TrainingLength(this, cases));
}

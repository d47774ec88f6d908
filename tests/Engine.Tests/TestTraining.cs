using System.Diagnostics.CodeAnalysis;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Numerics;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Schedules;
using TorchSharp;

namespace HiEndMae.Engine.Tests;

/// <summary>The config of a training without a stage around it.</summary>
internal sealed record TestTraining : TrainingConfig
{
    [SetsRequiredMembers]
    public TestTraining()
    {
        Data = new DataConfig { Dataset = null! };
        Schedule = new ScheduleConfig { WarmupSteps = 5 };
        LogEvery = 5;
        CheckpointEvery = 10;
        MaxBadSteps = 3;
    }

    public override OptimizerConfig Optimizer { get; init; } = new() { Lr = 1e-2, GradClip = 1 };

    public int Volumes
    {
        init => Data = Data with { Volumes = value };
    }

    public Precision Precision { get; init; }

    public TrainerOptions Options(int cases = 1) => TrainerOptions.Of(this, new TrainingLength(this, cases), new RunIdentity("experiment", "name = \"test\"\n", []), threads: 1) with { Precision = new StepPrecision(Precision, torch.CPU) };

    public ISchedule Rates(int cases) => LearningRates.Create(Optimizer.Lr, Schedule, new TrainingLength(this, cases));
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Training;
using HiEndMae.Engine.Training.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Tests;

/// <summary>Lengths and learning rates, against those of the official code.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public void Cosine_by_epoch_is_the_official_fine_tuning_schedule()
    {
        double[] official = Golden("schedule.finetune_warmup50_max500_by_epoch");
        var config = new TestTraining { Epochs = 500, Volumes = 2, Optimizer = new OptimizerConfig { Lr = 1e-4 }, Schedule = new ScheduleConfig { Kind = ScheduleKind.CosineByEpoch, WarmupEpochs = 50 } };
        ISchedule schedule = config.Rates(cases: 7); // 3.5 steps an epoch
        for (int epoch = 0; epoch < official.Length; epoch++)
        {
            int first = (int)Math.Ceiling(3.5 * epoch);
            Assert.Equal(official[epoch], schedule.LrAt(first), 1e-17);
            Assert.Equal(official[epoch], schedule.LrAt((int)Math.Ceiling(3.5 * (epoch + 1)) - 1), 1e-17);
        }
    }

    [Fact]
    public void Cosine_by_step_is_the_official_pre_training_schedule_with_a_warm_up_that_is_one_step_ahead()
    {
        double[] official = Golden("schedule.pretrain_warmup10_epochs1000_by_epoch");
        ISchedule schedule = new TestTraining { Steps = 1000, Optimizer = new OptimizerConfig { Lr = 1e-4 }, Schedule = new ScheduleConfig { WarmupSteps = 10 } }.Rates(1);
        for (int step = 10; step < 1000; step++) Assert.Equal(official[step], schedule.LrAt(step), 1e-17);
        for (int step = 0; step < 10; step++) Assert.Equal(official[step + 1 == 10 ? 10 : step + 1], schedule.LrAt(step), 1e-17);
    }

    [Fact]
    public void Polynomial_and_constant_schedules_follow_their_formulas()
    {
        ISchedule polynomial = new TestTraining
        {
            Steps = 110, Optimizer = new OptimizerConfig { Lr = 1e-3 }, Schedule = new ScheduleConfig { Kind = ScheduleKind.Polynomial, WarmupSteps = 10, Power = 2, EndLr = 1e-4 },
        }.Rates(1);
        Assert.Equal(1e-4, polynomial.LrAt(0), 12);
        Assert.Equal(1e-3, polynomial.LrAt(10), 12);
        Assert.Equal(1e-4 + 9e-4 * 0.25, polynomial.LrAt(60), 12);
        Assert.Equal(1e-4, polynomial.LrAt(110), 12);
        ISchedule constant = new TestTraining { Epochs = 10, Volumes = 2, Optimizer = new OptimizerConfig { Lr = 1e-3 }, Schedule = new ScheduleConfig { Kind = ScheduleKind.Constant, WarmupEpochs = 2 } }.Rates(cases: 5);
        Assert.Equal(2e-4, constant.LrAt(0), 12); // 2 epochs of 5 cases by 2 are 5 steps
        Assert.Equal(1e-3, constant.LrAt(4), 12);
        Assert.Equal(1e-3, constant.LrAt(24), 12);
    }

    [Theory]
    [InlineData(10, 7, 1, 1, 70)]
    [InlineData(10, 7, 2, 1, 35)]
    [InlineData(3, 7, 2, 1, 11)]
    [InlineData(10, 7, 2, 3, 12)]
    [InlineData(10, 3, 24, 1, 2)]
    public void Epochs_draw_every_case_once(int epochs, int cases, int volumes, int accumulation, int steps)
    {
        var length = new TrainingLength(new TestTraining { Epochs = epochs, Volumes = volumes, GradAccumulation = accumulation }, cases);
        Assert.Equal(steps, length.Steps);
        Assert.True((long)steps * volumes * accumulation >= (long)epochs * cases);
        Assert.True((long)(steps - 1) * volumes * accumulation < (long)epochs * cases);
        int due = Enumerable.Range(1, steps).Count(step => length.IsDue(1, step));
        Assert.Equal(Math.Min(steps, epochs), due);
    }

    private static double[] Golden(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        return Numbers.Golden("optimizers_schedules.safetensors")[name].data<double>().ToArray();
    }

    [Fact]
    public void A_staircase_falls_at_equal_intervals()
    {
        ISchedule rates = LearningRates.Create(0.1, new ScheduleConfig { Kind = ScheduleKind.Staircase, StairEvery = 3, StairFactor = 0.5 }, new TrainingLength(8));
        Assert.Equal([0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.025, 0.025], Enumerable.Range(0, 8).Select(rates.LrAt));
    }

    [Theory]
    [InlineData(3, 0.5)]
    [InlineData(1, 0.9)]
    public void A_staircase_equals_libtorch_s_StepLR(int every, double factor)
    {
        using DisposeScope scope = NewDisposeScope();
        using optim.Optimizer optimizer = optim.SGD([new TorchSharp.Modules.Parameter(zeros(1))], 0.1);
        optim.lr_scheduler.LRScheduler reference = optim.lr_scheduler.StepLR(optimizer, every, factor);
        ISchedule rates = LearningRates.Create(0.1, new ScheduleConfig { Kind = ScheduleKind.Staircase, StairEvery = every, StairFactor = factor }, new TrainingLength(12));
        for (int step = 0; step < 12; step++)
        {
            Assert.Equal(optimizer.ParamGroups.Single().LearningRate, rates.LrAt(step), 12);
            reference.step();
        }
    }

    [Theory]
    [InlineData(ScheduleKind.Constant)]
    [InlineData(ScheduleKind.Cosine)]
    [InlineData(ScheduleKind.Staircase)]
    public void A_warm_up_may_start_above_zero_and_rises_evenly_to_the_peak(ScheduleKind kind)
    {
        ISchedule rates = LearningRates.Create(1, new ScheduleConfig { Kind = kind, WarmupSteps = 4, WarmupStartLr = 0.2 }, new TrainingLength(20));
        double[] expected = [0.2, 0.4, 0.6, 0.8, 1];
        Assert.All(expected, (rate, step) => Assert.Equal(rate, rates.LrAt(step), 12));
    }

    [Fact]
    public void Weight_decay_goes_to_its_end_by_half_a_cosine()
    {
        var decays = new WeightDecaySchedule(new OptimizerConfig { WeightDecay = 0.04, WeightDecayEnd = 0.2 }, new TrainingLength(5));
        Assert.Equal(0.04, decays.At(0), 12);
        Assert.Equal(0.12, decays.At(2), 12);
        Assert.Equal(0.2, decays.At(4), 12);
        Assert.Equal(5, decays.FactorAt(4), 12);
    }
}

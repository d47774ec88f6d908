using HiEndMae.Engine.Configuration;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>Computes the cost of a stage before it runs.</summary>
internal static class StageCost
{
    // Channels and classes belong to the dataset, which is not read here. They change only the first and the last layer.
    private const int Channels = 1, Classes = 14;

    // A multiply-add is two operations, and the backward pass costs twice as much as the forward pass.
    private const int OperationsPerMultiplyAdd = 6;

    /// <summary>Returns the longest time of the stage's training; null if it has none.</summary>
    public static TimeSpan? Limit(SweepStage stage) => stage.Config.Pretrain is { } pretrain ? pretrain.MaxTime : stage.Config.Finetune?.MaxTime;

    /// <summary>Returns the operations of the stage's training. Null if a component does not count them, or if the length depends on the data or on the clock.</summary>
    public static double? Of(SweepStage stage)
    {
        ExperimentConfig config = stage.Config;
        if (Limit(stage) is not null) return null;
        DataConfig data = config.Pretrain?.Data ?? config.Finetune!.Data;
        if ((int?)(config.Pretrain?.Steps ?? config.Finetune?.Steps) is not { } steps) return null;
        try
        {
            double perSample = ExperimentCosts.Sum(ExperimentCosts.Of(config, Channels, Classes).Stages[0].Parts).MultiplyAdds;
            return perSample * OperationsPerMultiplyAdd * data.Volumes * data.CropsPerVolume * steps;
        }
        catch (PluginException)
        {
            return null;
        }
    }
}

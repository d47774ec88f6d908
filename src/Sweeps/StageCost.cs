using HiEndMae.Engine.Configuration;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>What a stage will cost, before it has run.</summary>
internal static class StageCost
{
    // Channels and classes are the dataset's, which is not read here; they change the first and the last layer only.
    private const int Channels = 1, Classes = 14;

    // Forward and twice as much backward, a multiply and an add each.
    private const int OperationsPerMultiplyAdd = 6;

    /// <summary>Operations of the stage's training; null where a component does not say, or the length hangs on the data.</summary>
    public static double? Of(SweepStage stage)
    {
        ExperimentConfig config = stage.Config;
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

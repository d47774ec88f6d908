using HiEndMae.Engine.Configuration;
using TorchSharp;

namespace HiEndMae.Engine.Data;

/// <summary>From the cases of a stage to its batches.</summary>
public static class StageData
{
    /// <summary>The batches of a stage.</summary>
    /// <param name="cases">Its cases.</param>
    /// <param name="config">Crops and augmentations.</param>
    /// <param name="info">Channels and classes.</param>
    /// <param name="withLabels">Whether label maps are read.</param>
    /// <param name="cacheBytes">Memory for prepared cases.</param>
    /// <param name="seed">Seed of the run.</param>
    /// <param name="device">Where the model is.</param>
    public static IBatchSource Open(IReadOnlyList<DatasetCase> cases, DataConfig config, DatasetInfo info, bool withLabels, long cacheBytes, long seed, torch.Device device)
    {
        ArgumentNullException.ThrowIfNull(info);
        // Labels that are not read may have any value.
        var preparer = new CasePreparer(config, withLabels ? info.LabelNames.Count : int.MaxValue);
        return new BatchSource(new CaseCache(cases, preparer, cacheBytes), config, info.ChannelNames.Count, withLabels, seed, device);
    }
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>The unit of work of a sweep: one training with what evaluates it, an experiment by itself. Two combinations that need the same stage share it.</summary>
/// <param name="Key">What determines it: data, model, recipe, seed, and what it starts from; hex.</param>
/// <param name="Kind">Pre-training or fine-tuning.</param>
/// <param name="Label">For people, such as "pretrain (pretrain.mask_ratio=0.9)".</param>
/// <param name="Config">The experiment that runs it; a start from another stage is filled in once that has finished.</param>
/// <param name="Before">The stage whose weights it starts from; null for none.</param>
internal sealed record SweepStage(string Key, StageKind Kind, string Label, ExperimentConfig Config, SweepStage? Before)
{
    private const int KeyLength = 16;

    /// <summary>Name of its folder.</summary>
    public string FolderName => $"{Stage.NameOf(Kind)}-{Key[..KeyLength]}";

    /// <summary>Every key that made it, those of the pre-training that it starts from included.</summary>
    public IReadOnlyDictionary<string, string> Parameters()
    {
        Dictionary<string, string> all = StageParameters.Of(Config);
        foreach ((string key, string value) in Before is null ? [] : StageParameters.Of(Before.Config))
        {
            if (key.StartsWith("pretrain.", StringComparison.Ordinal)) all[key] = value;
        }
        return all;
    }
}

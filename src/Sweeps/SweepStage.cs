using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Tracking;

namespace HiEndMae.Sweeps;

/// <summary>The unit of work of a sweep: one training with its evaluation. Combinations that need the same stage share it.</summary>
/// <param name="Key">Hexadecimal hash of everything that determines the stage: data, model, recipe, seed, the plugins that it names, the program's numerics, and the stage from which it starts.</param>
/// <param name="ConfigKey">The same without plugins and numerics. Stages that differ only in the code have equal keys.</param>
/// <param name="Code">The code that computes it.</param>
/// <param name="Kind">Pre-training or fine-tuning.</param>
/// <param name="Label">Text for people, such as "pretrain (pretrain.mask_ratio=0.9)".</param>
/// <param name="Config">The experiment that runs the stage. Its start from another stage is filled in when that has finished.</param>
/// <param name="Before">The stage from whose weights it starts, or null.</param>
internal sealed record SweepStage(string Key, string ConfigKey, CodeIdentity Code, StageKind Kind, string Label, ExperimentConfig Config, SweepStage? Before)
{
    private const int KeyLength = 16;

    /// <summary>Name of the stage's folder.</summary>
    public string FolderName => $"{Stage.NameOf(Kind)}-{Key[..KeyLength]}";

    /// <summary>Returns every key that determines the stage, including those of the pre-training from which it starts.</summary>
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

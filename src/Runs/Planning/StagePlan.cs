using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Planning;

/// <summary>One stage of an experiment.</summary>
/// <param name="Name">Folder and run name: pretrain, finetune-START or evaluate-START.</param>
/// <param name="Kind">pretrain, finetune or evaluate.</param>
/// <param name="Start">What a fine-tuning starts from; empty for pre-training.</param>
/// <param name="Training">How it trains; null for evaluation.</param>
internal sealed record StagePlan(string Name, string Kind, string Start, ITrainingConfig? Training)
{
    /// <summary>Its length as the config says it; empty for evaluation.</summary>
    public string Length => Training is null ? "" : Training.Epochs is { } epochs ? $"{epochs} epochs" : $"{Training.Steps}";

    /// <summary>Short name of the start: scratch, pretrain, or the file's.</summary>
    public string Label => StartName.Of(Start);

    /// <summary>The stages of an experiment in the order they run.</summary>
    /// <exception cref="PluginException">Fine-tuning wants a pre-training that the file does not have.</exception>
    public static IReadOnlyList<StagePlan> Of(ExperimentConfig config)
    {
        var stages = new List<StagePlan>();
        if (config.Pretrain is { } pretrain) stages.Add(new StagePlan("pretrain", "pretrain", "", pretrain));
        foreach (string start in config.Finetune?.Init ?? [])
        {
            if (start == "pretrain" && config.Pretrain is null)
                throw new PluginException("finetune.init says \"pretrain\", but the experiment has no [pretrain] table; add one, or give \"scratch\" or the path of a checkpoint.");
            string name = StartName.Of(start);
            if (stages.Any(stage => stage.Name == $"finetune-{name}"))
                throw new PluginException($"finetune.init names the start '{name}' twice; every start must have a name of its own.");
            stages.Add(new StagePlan($"finetune-{name}", "finetune", start, config.Finetune));
            if (config.Evaluate is not null) stages.Add(new StagePlan($"evaluate-{name}", "evaluate", start, null));
        }
        return stages;
    }
}

using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.ExperimentFiles;

namespace HiEndMae.Runs.Planning;

/// <summary>One stage of an experiment, in the order of running.</summary>
/// <param name="Stage">Kind and name.</param>
/// <param name="Origin">Where a fine-tuning starts: "scratch", "pretrain", or the path of a checkpoint; empty for pre-training.</param>
/// <param name="Training">Config of the training; null for an evaluation.</param>
internal sealed record StagePlan(Stage Stage, string Origin, TrainingConfig? Training)
{
    /// <summary>Length of the training, such as "1000" or "50 epochs"; empty for an evaluation.</summary>
    public string Length => Training is null ? "" : Training.Epochs is { } epochs ? $"{epochs} epochs" : $"{Training.Steps}";

    /// <summary>Returns the stages of an experiment in the order of running.</summary>
    /// <exception cref="UserException">Fine-tuning starts from a pre-training that the experiment does not have, or two starts have the same name.</exception>
    public static IReadOnlyList<StagePlan> Of(ExperimentConfig config)
    {
        var stages = new List<StagePlan>();
        if (config.Pretrain is { } pretrain) stages.Add(new StagePlan(Stage.Pretrain, "", pretrain));
        foreach (string origin in config.Finetune?.Init ?? [])
        {
            if (origin == StartName.Pretrain && config.Pretrain is null)
                throw new UserException("finetune.init contains \"pretrain\", but the experiment has no [pretrain] table; add one, or use \"scratch\" or the path of a checkpoint.");
            var finetune = Stage.Finetune(StartName.Of(origin));
            if (stages.Any(plan => plan.Stage == finetune))
                throw new UserException($"finetune.init contains the start '{finetune.Start}' twice; give each start a different name.");
            stages.Add(new StagePlan(finetune, origin, config.Finetune));
            if (config.Evaluate is not null) stages.Add(new StagePlan(Stage.Evaluate(finetune.Start), origin, null));
        }
        return stages;
    }
}

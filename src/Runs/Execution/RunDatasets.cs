using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Runs.Execution;

/// <summary>The datasets of an experiment's stages.</summary>
/// <param name="Pretraining">Null without pre-training.</param>
/// <param name="Labelled">Null without fine-tuning.</param>
internal sealed record RunDatasets(Dataset? Pretraining, Dataset? Labelled)
{
    /// <summary>Names of the classes, background first; empty without fine-tuning.</summary>
    public IReadOnlyList<string> LabelNames => Labelled?.Info.LabelNames ?? [];

    /// <summary>Names of the scored classes or regions, background first; empty without fine-tuning.</summary>
    public IReadOnlyList<string> ScoredNames => Labelled?.Info.ScoredNames ?? [];

    /// <summary>Opens the datasets and checks them.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="factory">Creates datasets.</param>
    /// <param name="warn">Receives warnings.</param>
    /// <param name="cancel">Stops the search for files.</param>
    /// <exception cref="VolumeException">A dataset is not what its config says.</exception>
    public static RunDatasets Open(ExperimentConfig config, ComponentFactory factory, Action<string> warn, CancellationToken cancel)
    {
        var datasets = new RunDatasets(
            config.Pretrain is null ? null : Open(config.Pretrain.Data, factory, warn, cancel), config.Finetune is null ? null : Open(config.Finetune.Data, factory, warn, cancel));
        if (datasets.Pretraining is { } pretraining) HeaderCheck.Run(pretraining, StageData.PretrainingCases(pretraining, config.Pretrain!.Data), warn, cancel);
        if (datasets.Labelled is { } labelled)
            HeaderCheck.Run(labelled, StageData.LabelledCases(labelled, config.Finetune!).Concat(StageData.EvaluatedCases(labelled, config)), warn, cancel);
        return datasets;
    }

    /// <summary>Opens one dataset and checks it.</summary>
    /// <exception cref="VolumeException">The dataset is not what its config says.</exception>
    public static Dataset Open(DataConfig data, ComponentFactory factory, Action<string> warn, CancellationToken cancel)
    {
        Dataset dataset = factory.CreateDataset(data.Dataset, warn, cancel);
        SplitCheck.Check(dataset);
        return dataset;
    }
}

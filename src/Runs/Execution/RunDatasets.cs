using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
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

    /// <summary>Opens the datasets and checks them.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="factory">Creates datasets.</param>
    /// <param name="warn">Takes warnings.</param>
    /// <exception cref="VolumeException">A dataset is not what its config says.</exception>
    public static RunDatasets Open(ExperimentConfig config, ComponentFactory factory, Action<string> warn) => new(
        config.Pretrain is null ? null : Open(config.Pretrain.Data, factory, warn), config.Finetune is null ? null : Open(config.Finetune.Data, factory, warn));

    /// <summary>Opens one dataset and checks it.</summary>
    /// <exception cref="VolumeException">The dataset is not what its config says.</exception>
    public static Dataset Open(DataConfig data, ComponentFactory factory, Action<string> warn)
    {
        Dataset dataset = factory.CreateDataset(data.Dataset, warn);
        SplitCheck.Check(dataset);
        return dataset;
    }
}

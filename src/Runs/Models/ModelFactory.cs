using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Models;

/// <summary>Creates the models of an experiment, on a device.</summary>
/// <param name="config">The experiment.</param>
/// <param name="components">Creates encoders, decoders and heads.</param>
/// <param name="device">Device of the models.</param>
internal sealed class ModelFactory(ExperimentConfig config, ComponentFactory components, Device device)
{
    /// <summary>The encoder and the pretext task of the pre-training. The experiment has one.</summary>
    /// <param name="channels">Image channels.</param>
    /// <exception cref="PluginException">A component refuses its config.</exception>
    public (Encoder Encoder, PretextTask Decoder) Pretraining(int channels)
    {
        PretrainConfig pretrain = config.Pretrain!;
        Size3 size = (pretrain.Decoder as IViewSizes)?.EncoderCrop(pretrain.Data.Crop) ?? pretrain.Data.Crop;
        Encoder encoder = CreateEncoder(channels, size, EncoderUse.Pretraining);
        var decoder = components.Create<PretextTask>(Slot.Decoder, pretrain.Decoder, PretextContexts.Of(pretrain, encoder.Info) with { NewEncoder = () => CreateEncoder(channels, size, EncoderUse.Pretraining) });
        decoder.to(device);
        return (encoder, decoder);
    }

    /// <summary>The encoder and the head of the fine-tuning. The experiment has one.</summary>
    /// <param name="channels">Image channels.</param>
    /// <param name="classes">Classes of the head, background included.</param>
    /// <exception cref="PluginException">A component refuses its config.</exception>
    public SegmentationModel Segmentation(int channels, int classes)
    {
        FinetuneConfig finetune = config.Finetune!;
        Encoder encoder = CreateEncoder(channels, finetune.Data.Crop, EncoderUse.Segmentation);
        var head = components.Create<SegmentationHead>(Slot.Head, finetune.Head, new HeadContext(encoder.Info, finetune.Data.Crop, classes));
        head.to(device);
        return new SegmentationModel(encoder, head);
    }

    private Encoder CreateEncoder(int channels, Size3 crop, EncoderUse use)
    {
        var encoder = components.Create<Encoder>(Slot.Encoder, config.Encoder, new EncoderContext(channels, crop, use));
        encoder.to(device);
        return encoder;
    }
}

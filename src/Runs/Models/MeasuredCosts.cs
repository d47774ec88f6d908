using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Engine.Benchmarks;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Stages;
using HiEndMae.Runs.Loading;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Models;

/// <summary>
/// Counts parameters and operations of an experiment's models. If the configs count them, their rules are used. Otherwise the models are run once on random crops, and their layers are observed. Products
/// outside of layers, such as attention written with functions, are not counted in that case.
/// </summary>
internal static class MeasuredCosts
{
    /// <summary>Ending of the names of parts that were counted while they ran.</summary>
    public const string Mark = " (as run)";

    /// <summary>Counts an experiment.</summary>
    /// <param name="config">The experiment.</param>
    /// <param name="channels">Image channels.</param>
    /// <param name="classes">Classes of the head, background included.</param>
    /// <param name="factory">Creates the components if they have to be run.</param>
    /// <param name="getVariable">Returns environment variables. libtorch is loaded only if a component has to be run.</param>
    /// <exception cref="PluginException">A component cannot be created.</exception>
    public static ExperimentCosts Of(ExperimentConfig config, int channels, int classes, ComponentFactory factory, Func<string, string?> getVariable)
    {
        if (ExperimentCosts.CanCount(config)) return ExperimentCosts.Of(config, channels, classes);
        Device device = Machine.DeviceChoice.Prepare("cpu", getVariable);
        var models = new ModelFactory(config, factory, device);
        var stages = new List<(StageKind, IReadOnlyList<OperationCount>)>();
        OperationCount? decoder = null;
        if (config.Pretrain is { } pretrain)
        {
            IReadOnlyList<OperationCount> parts = Pretraining(models, pretrain, channels, config.Seed);
            decoder = parts[^1];
            stages.Add((StageKind.Pretrain, parts));
        }
        if (config.Finetune is { } finetune) stages.Add((StageKind.Finetune, Segmentation(models, finetune, channels, classes)));
        return new ExperimentCosts(config.Encoder.Plugin, (config.Pretrain?.Decoder as IDecoderCounter)?.DenseStages ?? 0, decoder, stages);
    }

    private static OperationCount[] Pretraining(ModelFactory models, PretrainConfig pretrain, int channels, long seed)
    {
        using DisposeScope scope = NewDisposeScope();
        (Encoder encoder, PretextTask task) = models.Pretraining(channels);
        using Encoder first = encoder;
        using PretextTask second = task;
        // A task without a token mask may compare the crops of a batch with one another, so it gets all of them.
        int crops = task.UsesMask ? 1 : pretrain.Data.Volumes * pretrain.Data.CropsPerVolume;
        TokenMask? mask = RandomMasking.For(encoder, task, crops, pretrain.MaskRatio, seed, 0, CPU);
        return Run(encoder, task, "decoder", crops, () => task.Loss(encoder, new PretextBatch(Volumes(pretrain.Data, channels, crops), mask) { Classes = PretextContexts.Classes(pretrain.Decoder, crops, CPU), Masks = (cells, visible) => RandomMasking.Draw(crops, cells, visible, seed, 0, CPU) }));
    }

    private static OperationCount[] Segmentation(ModelFactory models, FinetuneConfig finetune, int channels, int classes)
    {
        using DisposeScope scope = NewDisposeScope();
        SegmentationModel model = models.Segmentation(channels, classes);
        using Encoder first = model.Encoder;
        using SegmentationHead second = model.Head;
        // Batch norms may not accept a single sample in training mode.
        model.Encoder.eval();
        model.Head.eval();
        Tensor volumes = Volumes(finetune.Data, channels, 1);
        return Run(model.Encoder, model.Head, "head", 1, () => model.Head.Segment(volumes, model.Encoder.Encode(volumes, model.Head.HiddenBlocks)));
    }

    private static OperationCount[] Run(Encoder encoder, nn.Module other, string name, int samples, Action pass)
    {
        using var ofEncoder = new ExecutedOperations(encoder);
        using var ofOther = new ExecutedOperations(other);
        using (no_grad()) pass();
        return [Count("encoder" + Mark, encoder, ofEncoder, samples), Count(name + Mark, other, ofOther, samples)];
    }

    private static OperationCount Count(string part, nn.Module module, ExecutedOperations ran, int samples)
    {
        long parameters = module.parameters().Where(parameter => parameter.requires_grad).Sum(parameter => parameter.numel()), operations = ran.MultiplyAdds / samples;
        return new OperationCount(part, parameters, ran.Activations / samples, operations, operations);
    }

    private static Tensor Volumes(DataConfig data, int channels, int crops) => rand([crops, channels, data.Crop.X, data.Crop.Y, data.Crop.Z]);
}

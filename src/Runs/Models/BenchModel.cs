using HiEndMae.Counting;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Losses;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Optimisation;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Machine;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Models;

/// <summary>The model, optimiser and synthetic batches of a stage that <c>bench</c> measures.</summary>
internal sealed class BenchModel : IDisposable
{
    // The dataset may not be at hand. Its channels change only the first layer.
    private const int Channels = 1;
    private readonly Encoder encoder;
    private readonly nn.Module other;
    private readonly Tensor volumes;
    private readonly Tensor? labels;
    private readonly ExperimentConfig config;
    private readonly Device device;

    /// <summary>Creates the model of a stage.</summary>
    /// <param name="config">The experiment; it has the stage.</param>
    /// <param name="stage">Pre-training or fine-tuning.</param>
    /// <param name="classes">Classes of the head, background included.</param>
    /// <param name="factory">Creates components.</param>
    /// <param name="device">Device of the model.</param>
    /// <param name="threads">Threads of the optimiser.</param>
    /// <param name="getVariable">Returns environment variables.</param>
    public BenchModel(ExperimentConfig config, StageKind stage, int classes, ComponentFactory factory, Device device, int threads, Func<string, string?> getVariable)
    {
        (this.config, this.device) = (config, device);
        bool pretraining = stage == StageKind.Pretrain;
        TrainingConfig training = pretraining ? config.Pretrain! : config.Finetune!;
        DataConfig data = training.Data;
        Size3 crop = data.Crop;
        Batch = data.Volumes * data.CropsPerVolume;
        var models = new ModelFactory(config, factory, device);
        if (pretraining) (encoder, other) = models.Pretraining(Channels);
        else (encoder, other) = models.Segmentation(Channels, classes);
        encoder.train();
        other.train();
        volumes = rand([Batch, Channels, crop.X, crop.Y, crop.Z], device: device).DetachFromDisposeScope();
        if (!pretraining) labels = randint(classes, [Batch, crop.X, crop.Y, crop.Z], ScalarType.Int64, device).DetachFromDisposeScope();
        OptimizerConfig optimizer = training.Optimizer;
        bool frozen = other is SegmentationHead { FreezesEncoder: true };
        (string, TorchSharp.Modules.Parameter)[] trained = [.. (frozen ? [] : Named("encoder", encoder)), .. Named(Stage.NameOf(stage), other)];
        Optimizer = Optimizers.Create(optimizer, [new ParameterGroup(trained, 1, optimizer.WeightDecay)], threads);
        Request = new StepRequest(optimizer.Lr) { MaxGradNorm = optimizer.GradClip, MaxParameterNorm = optimizer.ParameterClip };
        Parameters = encoder.parameters().Concat(other.parameters()).Sum(parameter => parameter.numel());
        OperationCount counted = ExperimentCosts.Sum(MeasuredCosts.Of(config, Channels, classes, factory, getVariable).Stages.Single(one => one.Kind == stage).Parts);
        StepFlops = 6.0 * Batch * counted.MultiplyAdds;
    }

    /// <summary>Number of crops in a batch.</summary>
    public int Batch { get; }

    /// <summary>Number of parameters of encoder and decoder or head.</summary>
    public long Parameters { get; }

    /// <summary>Operations of a step: six per multiply-add of the forward pass, because the backward pass costs twice as much and a multiply-add is two operations.</summary>
    public double StepFlops { get; }

    /// <summary>Optimiser of all trained parameters.</summary>
    public IOptimizer Optimizer { get; }

    /// <summary>Learning rate and gradient clipping of the config.</summary>
    public StepRequest Request { get; }

    /// <summary>Encoder, and decoder or head.</summary>
    public IReadOnlyCollection<nn.Module> Modules => [encoder, other];

    /// <summary>Computes the loss of a step.</summary>
    public Tensor Loss(int step)
    {
        if (other is SegmentationHead head) return DiceCeLoss.Compute(head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks)), labels!);
        var decoder = (PretextTask)other;
        TokenMask? mask = RandomMasking.For(encoder, decoder, Batch, config.Pretrain!.MaskRatio, config.Seed, step, device);
        return decoder.Loss(encoder, new PretextBatch(volumes, mask) { Classes = PretextContexts.Classes(config.Pretrain!.Decoder, Batch, device), Masks = (cells, visible) => RandomMasking.Draw(Batch, cells, visible, config.Seed, step, device) });
    }

    public void Dispose()
    {
        Optimizer.Dispose();
        encoder.Dispose();
        other.Dispose();
        volumes.Dispose();
        labels?.Dispose();
    }

    private static IEnumerable<(string, TorchSharp.Modules.Parameter)> Named(string prefix, nn.Module module) =>
        module.named_parameters().Where(entry => entry.parameter.requires_grad).Select(entry => ($"{prefix}.{entry.name}", entry.parameter));
}

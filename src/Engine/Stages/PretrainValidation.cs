using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Masking;
using HiEndMae.Engine.Training.Schedules;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>The loss of a pretext task on held-out cases. Crops, masks and the random numbers of the task are the same in every validation, and crops are not augmented.</summary>
internal sealed class PretrainValidation : IDisposable
{
    private readonly PretrainConfig config;
    private readonly StageContext context;
    private readonly Encoder encoder;
    private readonly PretextTask task;
    private readonly TrainingLength length;
    private readonly BatchLoader batches;
    private readonly int numBatches;
    private readonly bool hasPlaces;

    private PretrainValidation(PretrainConfig config, StageContext context, Encoder encoder, PretextTask task, TrainingLength length, PreparedCases cases, IReadOnlyList<CropPlace> places)
    {
        this.config = config;
        this.context = context;
        this.encoder = encoder;
        this.task = task;
        this.length = length;
        hasPlaces = places.Count > 0;
        DataConfig data = config.Data;
        CropRecipe recipe = CropRecipe.Of(data, withLabels: false) with { Flip = 0, Rotate90 = 0, IntensityScale = 0, IntensityShift = 0 };
        batches = new BatchLoader(cases, new LoaderPlan(recipe, data.Volumes, data.CropsPerVolume, WithLabels: false, context.Seed, Workers: 0, Prefetch: 0) { IsFixed = true, Places = CasePlaces.Of(cases, places) }, context.Device);
        // The last batch is filled with further draws, because a contrastive loss depends on the size of a batch.
        numBatches = ((cases.Count * config.Validation!.Draws) + data.Volumes - 1) / data.Volumes;
    }

    /// <summary>Prepares the held-out cases.</summary>
    /// <param name="config">The pre-training, which has a validation.</param>
    /// <param name="context">Context of the stage.</param>
    /// <param name="info">The dataset.</param>
    /// <param name="heldOut">The held-out cases.</param>
    /// <param name="encoder">The encoder.</param>
    /// <param name="task">The pretext task.</param>
    /// <param name="length">Steps of the training.</param>
    /// <param name="places">Places of crops; empty for random crops.</param>
    /// <param name="cancel">Stops the preparation.</param>
    /// <exception cref="VolumeException">A case cannot be prepared.</exception>
    public static PretrainValidation Create(
        PretrainConfig config, StageContext context, DatasetInfo info, IReadOnlyList<DatasetCase> heldOut, Encoder encoder, PretextTask task, TrainingLength length, IReadOnlyList<CropPlace> places,
        CancellationToken cancel)
    {
        // If cases are kept in memory, most of the memory is reserved for training cases.
        StageContext own = context with { Data = context.Data with { MemoryLimit = context.Data.MemoryLimit / 4 } };
        (PreparedCases cases, IReadOnlyList<BrokenCase> _) = StageData.Prepare(heldOut, CasePreparer.ForTraining(config.Data, info, withLabels: false), own, cancel);
        context.Logger.Note($"{cases.Count} cases are held out for validation: {string.Join(", ", cases.Ids)}.");
        return new PretrainValidation(config, context, encoder, task, length, cases, places);
    }

    /// <summary>The mean loss over all batches. It and its parts are logged.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="cancel">Stops the validation.</param>
    /// <returns>The loss, or the part of it that the config names.</returns>
    /// <exception cref="OperationCanceledException">The validation was stopped.</exception>
    public double? MeanLoss(int step, CancellationToken cancel)
    {
        // Some norms change their statistics in evaluation too. Validation must leave no trace in the training.
        (Tensor Buffer, Tensor Kept)[] kept = [.. new nn.Module[] { encoder, task }.SelectMany(module => module.named_buffers()).Select(entry => (entry.buffer, entry.buffer.clone().DetachFromDisposeScope()))];
        var own = new Dictionary<string, double>(StringComparer.Ordinal);
        bool isCancelled = false;
        try
        {
            for (int batch = context.Group.Rank; batch < numBatches; batch += context.Group.Size)
            {
                cancel.ThrowIfCancellationRequested();
                Add(own, batch, step);
            }
        }
        catch (OperationCanceledException) when (context.Group.Size > 1)
        {
            isCancelled = true;
        }
        finally
        {
            using IDisposable noGrad = no_grad();
            foreach ((Tensor buffer, Tensor copy) in kept)
            {
                buffer.copy_(copy);
                copy.Dispose();
            }
        }
        // All ranks have the result, or none.
        if (context.Group.Any(isCancelled)) throw new OperationCanceledException(cancel);
        double mean = context.Group.Sum(own.GetValueOrDefault("")) / numBatches, decides = mean;
        context.Logger.Metric("validation.loss", mean, step);
        // Every rank runs the same task, but a rank without a batch does not know the names of the parts.
        string[] names = context.Group.Broadcast(string.Join('\n', own.Keys.Where(name => name.Length > 0))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (config.Validation!.Term is { } term && !names.Contains(term))
            throw new PluginException($"[pretrain.validation] term = \"{term}\": the task '{config.Decoder.Plugin}' has no such part of its loss; {(names.Length > 0 ? $"it has {string.Join(", ", names)}" : "it has no named parts")}.");
        foreach (string name in names)
        {
            double part = context.Group.Sum(own.GetValueOrDefault(name)) / numBatches;
            context.Logger.Metric($"validation.loss.{name}", part, step);
            if (name == config.Validation.Term) decides = part;
        }
        return decides;
    }

    /// <summary>Frees the held-out cases.</summary>
    public void Dispose() => batches.Dispose();

    // Adds the loss of a batch, and its parts by name. The loss itself has the name "".
    private void Add(Dictionary<string, double> sums, int batch, int step)
    {
        using DisposeScope scope = NewDisposeScope();
        using IDisposable noGrad = no_grad();
        // Batches of the training have numbers from 0 on, so these draw other numbers.
        int number = -1 - batch;
        StepSeed.Set(context.Seed, number);
        void Note(string name, Tensor value) => sums[name] = sums.GetValueOrDefault(name) + value.to(ScalarType.Float64).item<double>();
        CropBatch crops = batches.Get(batch);
        Tensor volumes = crops.ImagesOn(context.Device);
        TokenMask? mask = RandomMasking.For(encoder, task, batches.BatchSize, config.MaskRatio, context.Seed, number, context.Device);
        Note("", task.Loss(encoder, new PretextBatch(volumes, mask)
        {
            Step = new StepInfo(step, length.Steps), Classes = hasPlaces ? crops.ClassesOn(context.Device) : null, Terms = Note,
            Masks = (cells, visible) => RandomMasking.Draw(batches.BatchSize, cells, visible, context.Seed, number, context.Device),
        }));
    }
}

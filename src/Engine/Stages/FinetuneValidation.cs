using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Segments validation cases by sliding window with the model in its current state. Cases stay open from one validation to the next.</summary>
internal sealed class FinetuneValidation : IDisposable
{
    private readonly IReadOnlyList<DatasetCase> cases;
    private readonly PreparedCase?[] opened;
    private readonly CaseSource source;
    private readonly CaseSegmenter segmenter;
    private readonly StageContext context;
    private readonly DatasetInfo info;
    private readonly EvaluationSettings settings;

    private FinetuneValidation(IReadOnlyList<DatasetCase> cases, CaseSource source, CaseSegmenter segmenter, StageContext context, DatasetInfo info, EvaluationSettings settings)
    {
        this.cases = cases;
        this.source = source;
        this.segmenter = segmenter;
        this.context = context;
        this.info = info;
        this.settings = settings;
        opened = new PreparedCase?[cases.Count];
    }

    /// <summary>Creates the validation of a stage; null if the config requests none and the dataset has no case to show.</summary>
    /// <exception cref="VolumeException">The config requests a validation, but the dataset has too few labelled validation cases.</exception>
    public static FinetuneValidation? Create(FinetuneConfig config, StageContext context, Dataset dataset, Encoder encoder, SegmentationHead head)
    {
        DatasetCase[] labelled = [.. dataset.Cases(DatasetSplit.Validation).Where(one => one.HasLabel)];
        if (config.Validation is { } wanted)
        {
            if (labelled.Length == 0 || labelled.Length < wanted.NumCases)
                throw new VolumeException($"[finetune.validation] wants {Math.Max(1, wanted.NumCases)} labelled validation cases; dataset '{dataset.Info.Name}' has {labelled.Length}.");
            if (wanted.NumCases > 0) labelled = labelled[..wanted.NumCases];
        }
        if (labelled.Length == 0) return null;
        ValidationConfig validation = config.Validation ?? new ValidationConfig { Every = 1 };
        var evaluate = new EvaluateConfig { Overlap = validation.Overlap, IncludeBackground = validation.IncludeBackground, Metrics = [ScoreMetric.Dice] };
        // If cases are kept in memory, most of the memory is reserved for training cases.
        DataServices data = context.Data with { MemoryLimit = context.Data.MemoryLimit / 4 };
        var source = new CaseSource(CasePreparer.ForEvaluation(config.Data, dataset.Info), data.OpenCache(context.Clock, context.Logger.Note));
        var segmenter = new CaseSegmenter([new SegmentationModel(encoder, head)], config.Data.Crop, evaluate, context.Device, dataset.Info.Regions);
        return new FinetuneValidation(labelled, source, segmenter, context, dataset.Info, EvaluationSettings.Of(evaluate, "validation", "the model while it is trained"));
    }

    /// <summary>Mean Dice as evaluation counts it. The Dice of each class is logged.</summary>
    /// <returns>Null if no case has a class that counts.</returns>
    public double? MeanDice(int step, CancellationToken cancel)
    {
        var scorer = new CaseScorer(settings.Policy, settings.Metrics, info.LabelNames.Count, info.Regions);
        var own = new CaseResult?[cases.Count];
        bool isCancelled = false;
        try
        {
            for (int index = context.Group.Rank; index < cases.Count; index += context.Group.Size)
                own[index] = With(index, prepared => scorer.Score(prepared.Id, segmenter.Segment(prepared, cancel), prepared.DecodeLabel()));
        }
        catch (OperationCanceledException) when (context.Group.Size > 1)
        {
            isCancelled = true;
        }
        // All ranks have the result, or none.
        if (context.Group.Any(isCancelled)) throw new OperationCanceledException(cancel);
        IReadOnlyList<CaseResult> results = [.. CaseGathering.Gather(context.Group, [.. cases.Select(one => one.Id)], own, settings.Metrics, info.ScoredNames.Count).OfType<CaseResult>()];
        EvaluationResult result = EvaluationResult.Of(settings, results, bootstrapSamples: 0, context.Seed);
        IReadOnlyList<string> labels = info.ScoredNames;
        for (int label = 0; label < labels.Count; label++)
        {
            if (result.PerClass[label] is { } dice) context.Logger.Metric($"validation.dice.{labels[label]}", dice, step);
        }
        if (result.Mean is { } mean) context.Logger.Metric("validation.dice.mean", mean, step);
        return result.Mean;
    }

    /// <summary>Segments the first case, for a picture.</summary>
    public SegmentedCase SegmentFirst() =>
        With(0, prepared => new SegmentedCase(prepared.Id, prepared.DecodeImage(), prepared.DecodeLabel(), segmenter.Segment(prepared, CancellationToken.None)));

    /// <summary>Closes the cases.</summary>
    public void Dispose()
    {
        foreach (PreparedCase? one in opened) one?.Dispose();
    }

    private T With<T>(int index, Func<PreparedCase, T> use)
    {
        if (opened[index] is { } held) return use(held);
        // The validation is not cancelled half-way, because the step that requests it is finished and saved.
        PreparedCase prepared = source.OpenOrPrepare(cases[index], out bool isKept, CancellationToken.None);
        if (isKept)
        {
            opened[index] = prepared;
            return use(prepared);
        }
        using (prepared) return use(prepared);
    }
}

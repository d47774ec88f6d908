using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Segments validation cases by sliding window with the model as it is.</summary>
internal sealed class FinetuneValidation
{
    private readonly CaseCache cases;
    private readonly CaseSegmenter segmenter;
    private readonly StageContext context;
    private readonly IReadOnlyList<string> labels;
    private readonly EvaluationSettings settings;

    private FinetuneValidation(CaseCache cases, CaseSegmenter segmenter, StageContext context, IReadOnlyList<string> labels, EvaluationSettings settings)
    {
        this.cases = cases;
        this.segmenter = segmenter;
        this.context = context;
        this.labels = labels;
        this.settings = settings;
    }

    /// <summary>The validation of a stage; null where nothing is to be validated and the dataset has no case to show.</summary>
    /// <exception cref="VolumeException">The config wants validation, and the dataset has no labelled validation case.</exception>
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
        var cache = new CaseCache(labelled, new CasePreparer(config.Data, dataset.Info.LabelNames.Count), context.Data.MemoryLimit / 4);
        var segmenter = new CaseSegmenter(encoder, head, config.Data, evaluate, context.Device);
        return new FinetuneValidation(cache, segmenter, context, dataset.Info.LabelNames, EvaluationSettings.Of(evaluate, "validation", "the model while it is trained"));
    }

    /// <summary>Mean Dice as evaluation counts it; logs it by class.</summary>
    public double? MeanDice(int step, CancellationToken cancel)
    {
        var scorer = new CaseScorer(settings.Policy, settings.Metrics, labels.Count);
        var results = new List<CaseResult>();
        for (int i = 0; i < cases.Count; i++)
        {
            PreparedCase prepared = cases.Get(i);
            results.Add(scorer.Score(prepared.Id, segmenter.Segment(prepared.Image, cancel), prepared.Label!));
        }
        EvaluationResult result = EvaluationResult.Of(settings, results, bootstrapSamples: 0, context.Seed);
        for (int label = 0; label < labels.Count; label++)
        {
            if (result.PerClass[label] is { } dice) context.Logger.Metric($"validation.dice.{labels[label]}", dice, step);
        }
        if (result.Mean is { } mean) context.Logger.Metric("validation.dice.mean", mean, step);
        return result.Mean;
    }

    /// <summary>The first case, to look at.</summary>
    public SegmentedCase SegmentFirst()
    {
        PreparedCase prepared = cases.Get(0);
        return new SegmentedCase(prepared, segmenter.Segment(prepared.Image, CancellationToken.None));
    }
}

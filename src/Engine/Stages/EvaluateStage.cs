using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Segments the cases of a split by sliding window, and scores them.</summary>
public sealed class EvaluateStage(EvaluateConfig config, DataConfig data, StageContext context)
{
    /// <summary>Segments every labelled test case with one model.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="encoder">Fine-tuned encoder.</param>
    /// <param name="head">Fine-tuned head.</param>
    /// <param name="show">Called with each case and its prediction.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <exception cref="VolumeException">The dataset has no labelled test case, or one cannot be read.</exception>
    public EvaluationResult Run(Dataset dataset, Encoder encoder, SegmentationHead head, Action<SegmentedCase> show, CancellationToken cancel) =>
        Run(dataset, DatasetSplit.Test, [new SegmentationModel(encoder, head)], "the best checkpoint by validation Dice, else the newest", show, null, cancel);

    /// <summary>Segments every labelled case of a split.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="split">Test or validation.</param>
    /// <param name="models">Fine-tuned models; the probabilities of several are averaged.</param>
    /// <param name="about">Description of the models, for the results.</param>
    /// <param name="show">Called with each case and its prediction.</param>
    /// <param name="failed">Called with the id of each case that cannot be read, and the error; the evaluation goes on with the others. If null, the first such case ends it.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <exception cref="VolumeException">The split has no labelled case, or none can be read.</exception>
    public EvaluationResult Run(
        Dataset dataset, DatasetSplit split, IReadOnlyList<SegmentationModel> models, string about, Action<SegmentedCase> show, Action<string, VolumeException>? failed, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(show);
        string name = split.ToString().ToLowerInvariant();
        DatasetCase[] cases = [.. dataset.Cases(split).Where(one => one.HasLabel)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no labelled {name} cases.");
        foreach (SegmentationModel model in models)
        {
            model.Encoder.eval();
            model.Head.eval();
        }
        int classes = dataset.Info.LabelNames.Count;
        EvaluationSettings settings = EvaluationSettings.Of(config, name, about);
        var source = new CaseSource(CasePreparer.ForEvaluation(data, dataset.Info), context.Data.OpenCache(context.Clock, context.Logger.Note));
        var evaluation = new CaseEvaluation(config.Grid, data, source, new CaseSegmenter(models, data.Crop, config, context.Device, dataset.Info.Regions));
        var scorer = new CaseScorer(settings.Policy, settings.Metrics, classes, dataset.Info.Regions);
        var own = new CaseResult?[cases.Length];
        long start = context.Clock.GetTimestamp();
        for (int done = 1; done <= cases.Length; done++)
        {
            if (!CaseGathering.IsOwn(context.Group, done - 1)) continue;
            DatasetCase one = cases[done - 1];
            string detail;
            try
            {
                SegmentedCase segmented = evaluation.Segment(one, cancel);
                CaseResult result = scorer.Score(one.Id, segmented.Prediction, segmented.Truth);
                own[done - 1] = result;
                show(segmented);
                detail = string.Create(CultureInfo.InvariantCulture, $"{one.Id}: mean Dice {result.Mean(ScoreMetric.Dice, config.IncludeBackground):F3}");
            }
            catch (VolumeException error) when (failed is not null)
            {
                failed(one.Id, error);
                detail = $"{one.Id}: failed";
            }
            TimeSpan elapsed = context.Clock.GetElapsedTime(start);
            context.Logger.Progress(done, cases.Length, detail, elapsed / done * (cases.Length - done));
        }
        IReadOnlyList<CaseResult> results = [.. CaseGathering.Gather(context.Group, [.. cases.Select(one => one.Id)], own, settings.Metrics, dataset.Info.ScoredNames.Count).OfType<CaseResult>()];
        if (results.Count == 0) throw new VolumeException($"None of the {cases.Length} {name} cases of dataset '{dataset.Info.Name}' could be evaluated.");
        return EvaluationResult.Of(settings, results, config.BootstrapSamples, context.Seed);
    }
}

using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>Sliding-window segmentation of a split, and its scores.</summary>
public sealed class EvaluateStage(EvaluateConfig config, DataConfig data, StageContext context)
{
    /// <summary>Segments every labelled test case with one model.</summary>
    /// <param name="dataset">Gives the test cases.</param>
    /// <param name="encoder">Fine-tuned.</param>
    /// <param name="head">Fine-tuned.</param>
    /// <param name="show">Takes each case with its prediction.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <exception cref="VolumeException">There is no labelled test case, or one cannot be read.</exception>
    public EvaluationResult Run(Dataset dataset, Encoder encoder, SegmentationHead head, Action<SegmentedCase> show, CancellationToken cancel) =>
        Run(dataset, DatasetSplit.Test, [new SegmentationModel(encoder, head)], "the best checkpoint by validation Dice, else the newest", show, null, cancel);

    /// <summary>Segments every labelled case of a split.</summary>
    /// <param name="dataset">Gives the cases.</param>
    /// <param name="split">Test or validation.</param>
    /// <param name="models">Fine-tuned; the probabilities of several are averaged.</param>
    /// <param name="about">What the models are, for the record.</param>
    /// <param name="show">Takes each case with its prediction.</param>
    /// <param name="failed">Takes cases that cannot be read, and the others go on; where it is null the first one ends the evaluation.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <exception cref="VolumeException">There is no labelled case, or none can be read.</exception>
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
        var reader = new EvaluationCases(config.Grid, data, classes, new CaseSegmenter(models, data, config, context.Device));
        var scorer = new CaseScorer(settings.Policy, settings.Metrics, classes);
        var results = new List<CaseResult>();
        long start = context.Clock.GetTimestamp();
        for (int done = 1; done <= cases.Length; done++)
        {
            DatasetCase source = cases[done - 1];
            string detail;
            try
            {
                SegmentedCase segmented = reader.Segment(source, cancel);
                CaseResult result = scorer.Score(source.Id, segmented.Prediction, segmented.Case.Label!);
                results.Add(result);
                show(segmented);
                detail = string.Create(CultureInfo.InvariantCulture, $"{source.Id}: mean Dice {result.Mean(ScoreMetric.Dice, config.IncludeBackground):F3}");
            }
            catch (VolumeException error) when (failed is not null)
            {
                failed(source.Id, error);
                detail = $"{source.Id}: failed";
            }
            TimeSpan elapsed = context.Clock.GetElapsedTime(start);
            context.Logger.Progress(done, cases.Length, detail, elapsed / done * (cases.Length - done));
        }
        if (results.Count == 0) throw new VolumeException($"None of the {cases.Length} {name} cases of dataset '{dataset.Info.Name}' could be evaluated.");
        return EvaluationResult.Of(settings, results, config.BootstrapSamples, context.Seed);
    }
}

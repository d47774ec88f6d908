using System.Globalization;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Metrics;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Engine.Stages;

/// <summary>Sliding-window segmentation of the test split, and its Dice.</summary>
public sealed class EvaluateStage(EvaluateConfig config, DataConfig data, StageContext context)
{
    /// <summary>Segments every labelled test case.</summary>
    /// <param name="dataset">Gives the test cases.</param>
    /// <param name="encoder">Fine-tuned.</param>
    /// <param name="head">Fine-tuned.</param>
    /// <param name="show">Takes each case with its prediction.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <exception cref="VolumeException">There is no labelled test case, or one cannot be read.</exception>
    public EvaluationResult Run(Dataset dataset, Encoder encoder, SegmentationHead head, Action<SegmentedCase> show, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(show);
        DatasetCase[] cases = [.. dataset.Cases(DatasetSplit.Test).Where(one => one.HasLabel)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no labelled test cases.");
        int classes = dataset.Info.LabelNames.Count;
        var preparer = new CasePreparer(data, classes);
        encoder.eval();
        head.eval();
        var segmenter = new CaseSegmenter(encoder, head, data, config, context.Device);
        var results = new List<CaseResult>();
        long start = context.Clock.GetTimestamp();
        foreach (DatasetCase source in cases)
        {
            PreparedCase prepared = preparer.Prepare(source, cancel);
            Volume<ushort> prediction = segmenter.Segment(prepared.Image, cancel);
            double?[] dice = DiceScore.PerClass(prediction.Voxels, prepared.Label!.Voxels, classes);
            results.Add(new CaseResult(source.Id, dice));
            show(new SegmentedCase(prepared, prediction));
            TimeSpan elapsed = context.Clock.GetElapsedTime(start);
            double? mean = DiceScore.Mean(dice, config.IncludeBackground);
            context.Logger.Progress(results.Count, cases.Length, string.Create(CultureInfo.InvariantCulture, $"{source.Id}: mean Dice {mean:F3}"), elapsed / results.Count * (cases.Length - results.Count));
        }
        double?[] perClass = [.. Enumerable.Range(0, classes).Select(index => results.Select(result => result.Dice[index]).Average())];
        return new EvaluationResult(results, perClass, DiceScore.Mean(perClass, config.IncludeBackground), config.IncludeBackground);
    }
}

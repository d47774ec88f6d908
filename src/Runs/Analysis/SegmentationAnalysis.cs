using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Inference;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Machine;
using HiEndMae.Runs.Models;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Segments the same cases with several fine-tuned models (Figures 4, 8, S2 to S4).</summary>
/// <param name="environment">Variables, plugins, clock.</param>
/// <param name="device">Device of the models.</param>
/// <param name="progress">Shows the progress.</param>
/// <param name="note">Receives messages for the user.</param>
internal sealed class SegmentationAnalysis(RunEnvironment environment, Device device, IProgressDisplay progress, Action<string> note)
{
    /// <summary>Computes the segmentations.</summary>
    /// <param name="models">Label and path of each: a run with a fine-tuned model, a start in it, or a checkpoint.</param>
    /// <param name="request">The cases.</param>
    /// <param name="cancel">Stops between windows.</param>
    /// <exception cref="UserException">A path does not name a fine-tuned model, or the models have different classes.</exception>
    /// <exception cref="VolumeException">There are no labelled cases, or none can be read.</exception>
    public SegmentedModels Run(IReadOnlyList<AnalyzedModel> models, SegmentationRequest request, CancellationToken cancel)
    {
        FineTunedModels[] opened = [.. models.Select(model => FineTunedModels.Open(environment, model.Path, []))];
        IReadOnlyList<string> labels = opened[0].Card.Labels;
        if (opened.Index().FirstOrDefault(entry => !entry.Item.Card.Labels.SequenceEqual(labels)) is (> 0 and var other, _))
            throw new UserException($"'{models[other].Label}' segments other classes than '{models[0].Label}', so they cannot be compared. Analyse them in two calls.");
        var shapes = new Dictionary<string, OrganShape?[]>(StringComparer.Ordinal);
        var pictures = new List<(string Case, Volume<float> Image, ushort[] Truth, List<ushort[]> Predictions)>();
        var results = new List<(string, string, EvaluationResult)>();
        for (int m = 0; m < models.Count; m++)
        {
            using DisposeScope scope = NewDisposeScope();
            FineTunedModels one = opened[m];
            // Every model segments the cases of the first model's dataset, with its own preparation.
            Dataset dataset = new SelectedCases(opened[0].Factory.CreateDataset(opened[0].Finetune.Data.Dataset, message => note($"warning: {message}"), cancel), request.Cases);
            (IReadOnlyList<SegmentationModel> loaded, string about) = one.Load(one.StartOf(null), [], CheckpointAveraging.Probabilities, device);
            var context = new StageContext(request.Seed, device, one.Cases, new ProgressOnly(progress, note), environment.Clock);
            EvaluationResult result = new EvaluateStage(one.Evaluate, one.Finetune.Data, context).Run(dataset, request.Split, loaded, about, Show, null, cancel);
            results.Add((models[m].Label, about, result));

            void Show(SegmentedCase segmented)
            {
                if (results.Count == 0)
                {
                    shapes[segmented.Id] = OrganShape.Of(segmented.Truth, labels.Count);
                    if (pictures.Count < request.Pictures) pictures.Add((segmented.Id, segmented.Image, segmented.Truth.Voxels, []));
                }
                if (pictures.FirstOrDefault(picture => picture.Case == segmented.Id).Predictions is { } predictions) predictions.Add(segmented.Prediction.Voxels);
            }
        }
        return new SegmentedModels(labels, results, shapes, pictures);
    }
}

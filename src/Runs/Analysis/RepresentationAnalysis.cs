using HiEndMae.Configuration.Shared;
using System.Globalization;
using System.Security.Cryptography;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Weights;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Measures the layers of several encoders on the same crops, together with untrained ones.</summary>
/// <param name="session">Models and their data.</param>
/// <param name="progress">Shows the progress.</param>
internal sealed class RepresentationAnalysis(AnalysisSession session, IProgressDisplay progress)
{
    /// <summary>Runs the measurement.</summary>
    /// <param name="request">What to compute, and on which cases.</param>
    /// <param name="cancel">Stops between crops.</param>
    /// <exception cref="UserException">An encoder does not support the analysis, or the models cannot be compared on one crop.</exception>
    /// <exception cref="Imaging.VolumeException">There are no cases, or one cannot be read.</exception>
    public RepresentationResult Run(RepresentationRequest request, CancellationToken cancel)
    {
        session.Check(request.Options.NeedsTrace ? AnalysisNeed.Attention : request.Options.MaskRatio > 0 ? AnalysisNeed.Masks : AnalysisNeed.Layers);
        using PreparedCases cases = session.Open(request.Split, request.Cases, mustHaveLabels: request.Options.Preference, cancel);
        ProbeCrops crops = session.Crops(cases, request.Crops, request.Seed);
        var measurement = new EncoderMeasurement(request.Options, crops, [.. session.Info.LabelNames.Skip(1)], session.Device);
        IReadOnlyList<AnalyzedModel> models = session.Models;
        int count = models.Count + request.Untrained, at = 0;
        var results = new List<MeasuredModel>();
        using DisposeScope scope = NewDisposeScope();
        Encoder? reference = request.Options.Cka && count > 1 ? session.Load(models[0]) : null;
        foreach (AnalyzedModel model in models) Add(model.Label, model.Checkpoint, model, () => results.Count == 0 && reference is not null ? reference : session.Load(model));
        for (int seed = 0; seed < request.Untrained; seed++)
        {
            int drawn = seed;
            Add(string.Create(CultureInfo.InvariantCulture, $"untrained, seed {drawn}"), null, models[0], () => session.Untrained(models[0], drawn));
        }
        return new RepresentationResult(
            session.Info.Name, session.Data.Crop, [.. crops.Places().Select(place => (place.Case, crops.Start(place.Case, place.Number), crops.StartMm(place.Case, place.Number)))], crops.CaseIds, results);

        void Add(string label, string? checkpoint, AnalyzedModel model, Func<Encoder> load)
        {
            using DisposeScope one = NewDisposeScope();
            Encoder encoder = load();
            int before = at++;
            EncoderMeasures measures = measurement.Run(
                encoder, ReferenceEquals(encoder, reference) ? null : reference, (done, all) => progress.Report((before * all) + done, count * all, label, TimeSpan.Zero), cancel);
            results.Add(new MeasuredModel(label, checkpoint, checkpoint is null ? null : Checksum(checkpoint), model.Config.Encoder.Plugin, encoder.Info, measures));
        }
    }

    private static string Checksum(string checkpoint)
    {
        using FileStream file = File.OpenRead(CheckpointStore.WeightsOf(checkpoint));
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }
}

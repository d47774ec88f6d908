using HiEndMae.Configuration.Shared;
using System.Globalization;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Probes several encoders on the same crops, together with positions, voxels and untrained encoders as baselines.</summary>
/// <param name="session">Models and their data.</param>
/// <param name="progress">Shows the progress.</param>
internal sealed class ProbeAnalysis(AnalysisSession session, IProgressDisplay progress)
{
    // Solving a system with this many unknowns takes about a second.
    private const int MostVoxels = 4096;

    /// <summary>Runs the probes.</summary>
    /// <param name="request">What to compute, and on which cases.</param>
    /// <param name="cancel">Stops between crops.</param>
    /// <exception cref="UserException">The models cannot be compared on one crop.</exception>
    /// <exception cref="Imaging.VolumeException">There are no labelled cases, or one cannot be read.</exception>
    public IReadOnlyList<ProbedModel> Run(ProbeRequest request, CancellationToken cancel)
    {
        using DisposeScope scope = NewDisposeScope();
        session.Check(AnalysisNeed.Tokens, request.Layers);
        var results = new List<ProbedModel>();
        var options = new ProbeOptions(request.Layers) { CropsPerCase = request.Crops, Seed = request.Seed };
        using PreparedCases fit = session.Open(request.FitSplit, request.FitCases, mustHaveLabels: true, cancel), score = session.Open(request.ScoreSplit, 0, mustHaveLabels: true, cancel);
        var probe = new FrozenProbe(options, session.Crops(fit, request.Crops, request.Seed), session.Crops(score, request.Crops, request.Seed));
        IReadOnlyList<AnalyzedModel> models = session.Models;
        bool voxels = session.Channels * session.Patch.Count <= MostVoxels;
        int runs = 2 * (1 + (voxels ? 1 : 0) + request.RandomEncoders + models.Count), at = 0;
        Add("positions alone", null, () => new PositionTokens());
        if (voxels) Add("voxels", null, () => new PatchTokens(session.Patch));
        for (int seed = 0; seed < request.RandomEncoders; seed++)
        {
            int drawn = seed;
            Add(string.Create(CultureInfo.InvariantCulture, $"untrained, seed {drawn}"), null, () => Tokens(session.Untrained(models[0], drawn)));
        }
        foreach (AnalyzedModel model in models) Add(model.Label, model.Checkpoint, () => Tokens(session.Load(model)));
        return results;

        EncoderTokens Tokens(Encoder encoder) => new((TokenEncoder)encoder, request.Layers, session.Device);

        void Add(string label, string? checkpoint, Func<ITokenSource> create)
        {
            using DisposeScope one = NewDisposeScope();
            ITokenSource source = create();
            IReadOnlyList<ProbeScore> alone = Probe(source);
            results.Add(new ProbedModel(label, checkpoint, alone, source is PositionTokens ? alone : Probe(new WithPosition(source))));

            IReadOnlyList<ProbeScore> Probe(ITokenSource tokens)
            {
                int before = at++;
                return probe.Run(tokens, (done, all) => progress.Report((before * all) + done, runs * all, label, TimeSpan.Zero), cancel);
            }
        }
    }
}

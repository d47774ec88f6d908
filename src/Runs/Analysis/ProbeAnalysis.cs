using System.Globalization;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Analysis;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Imaging;
using HiEndMae.Runs.Execution;
using HiEndMae.Runs.Loading;
using HiEndMae.Runs.Reporting;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Runs.Analysis;

/// <summary>Probes several encoders on the same crops, together with positions, voxels and untrained encoders.</summary>
/// <param name="catalog">Components.</param>
/// <param name="progress">Shows the progress.</param>
/// <param name="note">Shows a sentence to the user.</param>
/// <param name="clock">The clock.</param>
internal sealed class ProbeAnalysis(PluginCatalog catalog, IProgressDisplay progress, Action<string> note, TimeProvider clock)
{
    // Solving a system with this many unknowns takes a second.
    private const int MostVoxels = 4096;
    private readonly ComponentFactory factory = new(catalog);

    /// <summary>Runs the analysis.</summary>
    /// <param name="request">The analysis.</param>
    /// <param name="models">At least one model.</param>
    /// <param name="device">Device of the encoders.</param>
    /// <param name="threads">Number of libtorch's threads.</param>
    /// <param name="cancel">Checked between crops.</param>
    /// <exception cref="UserException">The models have different crops or patches.</exception>
    /// <exception cref="VolumeException">There are no labelled cases, or one cannot be read.</exception>
    public (IReadOnlyList<ProbedModel> Results, DatasetInfo Info) Run(ProbeRequest request, IReadOnlyList<AnalyzedModel> models, Device device, int threads, CancellationToken cancel)
    {
        DataConfig data = models[0].Data;
        Dataset dataset = factory.CreateDataset(data.Dataset, message => note($"warning: {message}"), cancel);
        using DisposeScope scope = NewDisposeScope();
        int channels = dataset.Info.ChannelNames.Count;
        Size3 patch = Check(models, data, channels, request.Layers, device);
        var results = new List<ProbedModel>();
        var context = new StageContext(request.Seed, device, DataServices.Of(models[0].Config, models[0].Runs), new ProgressOnly(progress, note), clock);
        var options = new ProbeOptions(request.Layers) { CropsPerCase = request.Crops, Seed = request.Seed };
        using PreparedCases fit = Open(dataset, data, request.FitSplit, request.FitCases, context, cancel), score = Open(dataset, data, request.ScoreSplit, 0, context, cancel);
        int classes = dataset.Info.LabelNames.Count;
        var probe = new FrozenProbe(
            options, new ProbeCrops(fit, data.Crop, patch, classes, request.Crops, request.Seed), new ProbeCrops(score, data.Crop, patch, classes, request.Crops, request.Seed));
        bool voxels = channels * patch.Count <= MostVoxels;
        int runs = 2 * (1 + (voxels ? 1 : 0) + request.RandomEncoders + models.Count), at = 0;
        Add("positions alone", null, () => new PositionTokens());
        if (voxels) Add("voxels", null, () => new PatchTokens(patch));
        for (int seed = 0; seed < request.RandomEncoders; seed++)
        {
            int drawn = seed;
            Add(string.Create(CultureInfo.InvariantCulture, $"untrained, seed {drawn}"), null, () => new EncoderTokens(models[0].Random(factory, channels, drawn, device), request.Layers, device));
        }
        foreach (AnalyzedModel model in models) Add(model.Label, model.Checkpoint, () => new EncoderTokens(model.Load(factory, channels, device), request.Layers, device));
        return (results, dataset.Info);

        void Add(string label, string? checkpoint, Func<ITokenSource> create)
        {
            using DisposeScope one = NewDisposeScope();
            ITokenSource source = create();
            IReadOnlyList<ProbeScore> alone = Probe(source);
            results.Add(new ProbedModel(label, checkpoint, alone, source is PositionTokens ? alone : Probe(new WithPosition(source))));

            IReadOnlyList<ProbeScore> Probe(ITokenSource tokens)
            {
                int before = at++;
                return probe.Run(tokens, (done, all) => progress.Report(before * all + done, runs * all, label, TimeSpan.Zero), cancel);
            }
        }
    }

    private static PreparedCases Open(Dataset dataset, DataConfig data, DatasetSplit split, int most, StageContext context, CancellationToken cancel)
    {
        DatasetCase[] cases = [.. dataset.Cases(split).Where(one => one.HasLabel)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no labelled {split.ToString().ToLowerInvariant()} cases.");
        return StageData.Prepare(most > 0 && most < cases.Length ? cases[..most] : cases, CasePreparer.ForTraining(data, dataset.Info, withLabels: true), context, cancel).Prepared;
    }

    // Scores of different crops or patches cannot be compared.
    private Size3 Check(IReadOnlyList<AnalyzedModel> models, DataConfig data, int channels, IReadOnlyList<int> layers, Device device)
    {
        using DisposeScope scope = NewDisposeScope();
        TokenEncoderInfo first = models[0].Random(factory, channels, 0, device).TokenInfo;
        foreach (AnalyzedModel model in models)
        {
            TokenEncoderInfo info = model.Random(factory, channels, 0, device).TokenInfo;
            if (info.PatchSize != first.PatchSize || model.Data.Crop != data.Crop)
                throw new UserException(
                    $"'{model.Label}' has patches of {info.PatchSize} in crops of {model.Data.Crop}, '{models[0].Label}' patches of {first.PatchSize} in crops of {data.Crop}, so their probes cannot be compared; analyse them in two calls.");
            if (layers.Where(layer => layer >= info.Depth).ToArray() is [var deep, ..])
                throw new UserException($"--layers names block {deep}, but the blocks of '{model.Label}' are 0 to {info.Depth - 1}.");
        }
        return first.PatchSize;
    }
}

using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Metrics;
using HiEndMae.Engine.Stages;
using HiEndMae.Imaging;
using HiEndMae.Imaging.Files;

namespace HiEndMae.Runs.LabelMaps;

/// <summary>Evaluates label maps in files, made by any program, against true label maps.</summary>
/// <param name="config">Metrics and policy.</param>
/// <param name="names">The values to score and their names.</param>
internal sealed class LabelMapEvaluation(EvaluateConfig config, LabelNames names)
{
    /// <summary>A truth and the prediction of the same case.</summary>
    /// <param name="Case">Common part of both file names.</param>
    /// <param name="Prediction">File of the prediction, or null.</param>
    /// <param name="Truth">File of the truth.</param>
    public sealed record Pair(string Case, string? Prediction, string Truth);

    /// <summary>Pairs files by their names.</summary>
    /// <exception cref="VolumeException">There is no truth, or two files belong to one case.</exception>
    public static IReadOnlyList<Pair> PairUp(string predictions, string truths)
    {
        if (!Path.Exists(predictions)) throw new VolumeException($"The predictions '{predictions}' do not exist.");
        if (!Path.Exists(truths)) throw new VolumeException($"The true label maps '{truths}' do not exist.");
        IReadOnlyList<string> predicted = ScanNames.Volumes(predictions), actual = ScanNames.Volumes(truths);
        if (actual.Count == 0) throw new VolumeException($"'{truths}' contains no volumes.");
        // Two single files are a pair, whatever their names are.
        if (!Directory.Exists(predictions) && !Directory.Exists(truths)) return [new Pair(ScanNames.Case(truths), predictions, truths)];
        Dictionary<string, string> byCase = ByCase(predicted, predictions);
        // A number such as _0000 is part of the name in some datasets and the channel of an image in others, so files are first paired by their full names.
        ILookup<string, string> byChannel = predicted.ToLookup(ScanNames.CaseOfChannel, StringComparer.Ordinal);
        return [.. ByCase(actual, truths).Select(entry => new Pair(entry.Key, byCase.GetValueOrDefault(entry.Key) ?? Only(byChannel, entry.Key) ?? Only(byChannel, ScanNames.CaseOfChannel(entry.Value)), entry.Value))];
    }

    private static string? Only(ILookup<string, string> files, string name) => files[name].Count() == 1 ? files[name].First() : null;

    /// <summary>Scores pairs. Pairs that cannot be scored are passed to <paramref name="failed"/>, and the others are scored.</summary>
    /// <returns>The result and the names of its classes.</returns>
    /// <exception cref="VolumeException">No pair could be scored.</exception>
    public (EvaluationResult Result, IReadOnlyList<string> Labels) Run(IReadOnlyList<Pair> pairs, Action<string> failed, Action<int, int, string> progress, CancellationToken cancel)
    {
        ScoringPolicy policy = EvaluationSettings.PolicyOf(config);
        IReadOnlyList<ScoreMetric> metrics = EvaluationSettings.MetricsOf(config);
        var scored = new List<(CaseResult Result, int[] Values)>();
        for (int i = 0; i < pairs.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            try
            {
                scored.Add(Score(pairs[i], policy, metrics, cancel));
            }
            catch (VolumeException error)
            {
                failed(error.Message);
            }
            progress(i + 1, pairs.Count, pairs[i].Case);
        }
        if (scored.Count == 0) throw new VolumeException($"None of the {pairs.Count} cases could be scored.");
        int[] all = names.Regions.Count > 0 ? [.. Enumerable.Range(0, names.Regions.Count + 1)] : [.. scored.SelectMany(one => one.Values).Concat(names.Names.Keys).Append(0).Distinct().Order()];
        CaseResult[] cases = [.. scored.Select(one => Spread(one.Result, one.Values, all))];
        var settings = new EvaluationSettings(policy, metrics, "label maps", "");
        return (EvaluationResult.Of(settings, cases, config.BootstrapSamples, seed: 0), names.Regions.Count > 0 ? [names.Of(0), .. names.Regions.Select(region => region.Name)] : [.. all.Select(names.Of)]);
    }

    private (CaseResult Result, int[] Values) Score(Pair pair, ScoringPolicy policy, IReadOnlyList<ScoreMetric> metrics, CancellationToken cancel)
    {
        if (pair.Prediction is null) throw new VolumeException($"Case '{pair.Case}' ('{pair.Truth}') has no prediction.");
        Volume<ushort> prediction = Orientation.ToRas(VolumeReader.ReadLabel(pair.Prediction, cancel)), truth = Orientation.ToRas(VolumeReader.ReadLabel(pair.Truth, cancel));
        if (prediction.Channels != 1 || truth.Channels != 1) throw new VolumeException($"Case '{pair.Case}': a label map must have one channel.");
        LabelGrid.Check(prediction, new VolumeGrid(truth.Size, truth.Affine), $"Case '{pair.Case}': '{pair.Prediction}'", $"'{pair.Truth}'");
        int[] values = [.. Present(prediction.Voxels).Concat(Present(truth.Voxels)).Append(0).Where(value => names.Takes(value) && value != names.Ignored).Append(0).Distinct().Order()];
        // Values without a name are background, as in predictions of a model that does not know them.
        var dense = new ushort[ushort.MaxValue + 1];
        for (int k = 0; k < values.Length; k++) dense[values[k]] = (ushort)k;
        if (names.Ignored is { } ignored) dense[ignored] = DatasetInfo.IgnoredIndex;
        Map(prediction.Voxels, dense);
        Map(truth.Voxels, dense);
        // Voxels are ignored by their true value. In a prediction, the ignored value is background.
        prediction.Voxels.AsSpan().Replace(DatasetInfo.IgnoredIndex, (ushort)0);
        if (names.Regions.Count == 0) return (new CaseScorer(policy, metrics, values.Length).Score(pair.Case, prediction, truth), values);
        LabelRegion[] regions = [.. names.Regions.Select(region => new LabelRegion(region.Name, [.. region.Values.Select(value => Array.IndexOf(values, value)).Where(index => index > 0)], 0))];
        return (new CaseScorer(policy, metrics, values.Length, regions).Score(pair.Case, prediction, truth), [.. Enumerable.Range(0, regions.Length + 1)]);
    }

    // Maps to the classes of all cases. A class that a case does not have is not scored in it.
    private static CaseResult Spread(CaseResult result, int[] values, int[] all)
    {
        return new CaseResult(
            result.Case, result.Scores.ToDictionary(entry => entry.Key, entry => (IReadOnlyList<double?>)[.. all.Select(value => At(entry.Value, value, null))]),
            [.. all.Select(value => At(result.PredictedMl, value, 0))], [.. all.Select(value => At(result.TruthMl, value, 0))]);

        T At<T>(IReadOnlyList<T> list, int value, T otherwise) => Array.IndexOf(values, value) is >= 0 and var index ? list[index] : otherwise;
    }

    private static IEnumerable<int> Present(ushort[] voxels)
    {
        var seen = new bool[ushort.MaxValue + 1];
        foreach (ushort voxel in voxels) seen[voxel] = true;
        return Enumerable.Range(0, seen.Length).Where(value => seen[value]);
    }

    private static void Map(ushort[] voxels, ushort[] dense)
    {
        for (int i = 0; i < voxels.Length; i++) voxels[i] = dense[voxels[i]];
    }

    private static Dictionary<string, string> ByCase(IReadOnlyList<string> files, string folder)
    {
        var byCase = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string file in files)
        {
            string name = ScanNames.Case(file);
            if (!byCase.TryAdd(name, file)) throw new VolumeException($"'{folder}' has two files of case '{name}': '{Path.GetFileName(byCase[name])}' and '{Path.GetFileName(file)}'.");
        }
        return byCase;
    }
}

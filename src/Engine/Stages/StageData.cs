using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Configuration.Shared;
using HiEndMae.Engine.Collectives;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Data.Inspection;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>From a dataset to the batches of a stage that trains.</summary>
public static class StageData
{
    private const string ListName = "cases.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The cases that a pre-training uses.</summary>
    /// <exception cref="VolumeException">The dataset has none, or fewer than asked for.</exception>
    public static IReadOnlyList<DatasetCase> PretrainingCases(Dataset dataset, DataConfig config)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(config);
        DatasetCase[] cases = [.. dataset.Cases(DatasetSplit.Pretraining)];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no images to pre-train on.");
        return CaseSubset.Of(cases, config.Subset, $"'{dataset.Info.Name}' to pre-train on");
    }

    /// <summary>The cases that crops with given places are cut from.</summary>
    /// <param name="cases">The cases of the pre-training.</param>
    /// <param name="places">The places.</param>
    /// <param name="name">Name of the dataset.</param>
    /// <exception cref="VolumeException">None of the cases has a place.</exception>
    public static IReadOnlyList<DatasetCase> WithPlaces(IReadOnlyList<DatasetCase> cases, IReadOnlyList<CropPlace> places, string name)
    {
        ArgumentNullException.ThrowIfNull(places);
        HashSet<string> ids = [.. places.Select(place => place.Case)];
        DatasetCase[] found = [.. cases.Where(one => ids.Contains(one.Id))];
        return found.Length > 0 ? found : throw new VolumeException($"None of the {places.Count} places of [pretrain.decoder] is in a case of '{name}' to pre-train on; its first case is '{cases[0].Id}', and the first place is in '{places[0].Case}'.");
    }

    /// <summary>The labelled cases that a fine-tuning uses.</summary>
    /// <exception cref="VolumeException">The dataset has none, or fewer than asked for.</exception>
    public static IReadOnlyList<DatasetCase> LabelledCases(Dataset dataset, FinetuneConfig config)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(config);
        DatasetCase[] labelled = [.. dataset.Cases(DatasetSplit.Training).Where(one => one.HasLabel)];
        if (labelled.Length == 0 || labelled.Length < config.NumCases)
            throw new VolumeException($"Dataset '{dataset.Info.Name}' has {labelled.Length} labelled training cases; {Math.Max(1, config.NumCases)} are asked for.");
        return CaseSubset.Of(config.NumCases == 0 ? labelled : labelled[..config.NumCases], config.Data.Subset, $"'{dataset.Info.Name}' to fine-tune on");
    }

    /// <summary>The labelled cases that an experiment segments whole: for validation, for the pictures of a fine-tuning, and for evaluation.</summary>
    /// <param name="dataset">Dataset of the fine-tuning.</param>
    /// <param name="config">The experiment.</param>
    public static IReadOnlyList<DatasetCase> EvaluatedCases(Dataset dataset, ExperimentConfig config)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(config);
        IEnumerable<DatasetCase> validation = dataset.Cases(DatasetSplit.Validation).Where(one => one.HasLabel);
        validation = config.Finetune?.Validation is not { } wanted ? validation.Take(1) : wanted.NumCases > 0 ? validation.Take(wanted.NumCases) : validation;
        IEnumerable<DatasetCase> test = config.Evaluate is null ? [] : dataset.Cases(DatasetSplit.Test).Where(one => one.HasLabel);
        return [.. validation.Concat(test).DistinctBy(one => one.Id)];
    }

    /// <summary>Opens every case, preparing those that are not in the cache, and starts the loader of the stage's batches. The ids of the cases are written to the stage's folder.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="config">Grid, intensities, crops, augmentations.</param>
    /// <param name="info">Classes of the dataset.</param>
    /// <param name="withLabels">Whether labels are cut too.</param>
    /// <param name="gradAccumulation">Batches of a step, which the ranks share.</param>
    /// <param name="context">Context of the stage.</param>
    /// <param name="cancel">Stops the preparation. Cases that are prepared stay in the disk cache.</param>
    /// <param name="places">Places of crops in these cases; null or empty for random crops.</param>
    /// <exception cref="VolumeException">A case cannot be prepared and must not be skipped, no case can be prepared, or a place is not in its case.</exception>
    public static IBatchSource Open(IReadOnlyList<DatasetCase> cases, DataConfig config, DatasetInfo info, bool withLabels, int gradAccumulation, TrainingContext context, CancellationToken cancel, IReadOnlyList<CropPlace>? places = null)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(context);
        StageContext stage = context.Stage;
        LoaderConfig loader = stage.Data.Loader;
        (PreparedCases prepared, IReadOnlyList<BrokenCase> broken) = Prepare(cases, CasePreparer.ForTraining(config, info, withLabels), stage, cancel);
        Dictionary<string, DatasetCase> byId = cases.ToDictionary(one => one.Id);
        foreach (string warning in TrainingWarnings.Of([.. Enumerable.Range(0, prepared.Count).Select(index => (byId[prepared[index].Id], prepared[index].Findings))], info)) stage.Logger.Warn(warning);
        if (stage.Group.IsFirst()) WriteList(prepared, broken, context.Folder);
        stage.Logger.Note($"{prepared.Count} cases: {string.Join(", ", prepared.Ids)}.");
        // The garbage of the preparation is collected now, because a collection would disturb the training later.
        GC.Collect();
        var plan = new LoaderPlan(
            CropRecipe.Of(config, withLabels), config.Volumes, config.CropsPerVolume, withLabels, stage.Seed, loader.Prefetch == 0 ? 0 : loader.WorkerThreads, loader.Prefetch)
        {
            Share = ShareOf(gradAccumulation, stage.Group),
            Places = CasePlaces.Of(prepared, places),
        };
        return new BatchLoader(prepared, plan, stage.Device);
    }

    /// <summary>Opens every case, preparing those that are not in the cache.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="preparer">How they are prepared.</param>
    /// <param name="context">Context of the stage.</param>
    /// <param name="cancel">Stops the preparation. Cases that are prepared stay in the disk cache.</param>
    /// <returns>The cases, and those that cannot be prepared, if such are skipped.</returns>
    /// <exception cref="VolumeException">A case cannot be prepared and must not be skipped, or no case can be prepared.</exception>
    public static (PreparedCases Prepared, IReadOnlyList<BrokenCase> Broken) Prepare(
        IReadOnlyList<DatasetCase> cases, CasePreparer preparer, StageContext context, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(context);
        PrepareOwnPart(cases, preparer, context, cancel);
        var preparation = new ParallelPreparation(preparer, context.Data.OpenCache(context.Clock, context.Logger.Note), context.Data.Loader);
        long start = context.Clock.GetTimestamp();
        (PreparedCase?[] prepared, IReadOnlyList<BrokenCase> broken) = preparation.Run(cases, Report, cancel);
        if (broken.Count > 0)
        {
            string what = ParallelPreparation.Describe(broken);
            if (context.Data.Loader.OnBroken == BrokenCases.Fail || broken.Count == cases.Count)
            {
                foreach (PreparedCase? one in prepared) one?.Dispose();
                throw new VolumeException($"{what}\nRepair or remove them{(broken.Count < cases.Count ? ", or set [loader] on_broken = \"skip\" to go on without them" : "")}.");
            }
            context.Logger.Warn($"{what}\nThe stage goes on without them.");
        }
        return (new PreparedCases([.. prepared.OfType<PreparedCase>()], [.. cases.Where((_, index) => prepared[index] is not null).Select(one => one.Weight)]), broken);

        void Report(int done, string id, string? reason)
        {
            TimeSpan elapsed = context.Clock.GetElapsedTime(start);
            context.Logger.Progress(done, cases.Count, $"preparing {id}{(reason is null ? "" : ": broken")}", elapsed / done * (cases.Count - done));
        }
    }

    private static BatchShare ShareOf(int gradAccumulation, IProcessGroup group)
    {
        if (gradAccumulation % group.Size != 0)
        {
            throw new UserException(FormattableString.Invariant(
                $"{group.Size} processes cannot share the {gradAccumulation} batches of a step: set grad_accumulation to a multiple of {group.Size}, or start a number of processes that divides it. The same step can also be divided into more, smaller batches."));
        }
        return BatchShare.Of(gradAccumulation, group.Rank, group.Size);
    }

    // Each rank fills its part of a cache that all of them share. Then every rank finds every case there.
    private static void PrepareOwnPart(IReadOnlyList<DatasetCase> cases, CasePreparer preparer, StageContext context, CancellationToken cancel)
    {
        if (context.Group.Size == 1) return;
        ICaseCache cache = context.Data.OpenCache(context.Clock, context.Logger.Note);
        if (cache is DiskCache)
        {
            DatasetCase[] own = [.. cases.Where((_, index) => index % context.Group.Size == context.Group.Rank)];
            // Broken cases are reported by the pass over all cases that follows.
            (PreparedCase?[] prepared, _) = new ParallelPreparation(preparer, cache, context.Data.Loader).Run(own, static (_, _, _) => { }, cancel);
            foreach (PreparedCase? one in prepared) one?.Dispose();
        }
        context.Group.Barrier();
    }

    private static void WriteList(PreparedCases prepared, IReadOnlyList<BrokenCase> broken, string folder)
    {
        AtomicFile.WriteText(Path.Combine(folder, ListName), new JsonObject
        {
            ["cases"] = new JsonArray([.. prepared.Ids.Select(id => (JsonNode)id)]),
            ["broken"] = new JsonArray([.. broken.Select(one => (JsonNode)new JsonObject { ["case"] = one.Id, ["reason"] = one.Reason })]),
        }.ToJsonString(Indented));
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data;
using HiEndMae.Engine.Data.Cache;
using HiEndMae.Engine.Data.Crops;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Imaging;

namespace HiEndMae.Engine.Stages;

/// <summary>From a dataset to the batches of a stage.</summary>
public static class StageData
{
    private const string ListName = "cases.json";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The images that a pre-training uses; their labels are not read.</summary>
    /// <exception cref="VolumeException">There is none, or fewer than asked for.</exception>
    public static IReadOnlyList<DatasetCase> PretrainingCases(Dataset dataset, DataConfig config)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(config);
        DatasetCase[] cases = [.. dataset.Cases(DatasetSplit.Pretraining).Select(one => new UnlabelledCase(one))];
        if (cases.Length == 0) throw new VolumeException($"Dataset '{dataset.Info.Name}' has no images to pre-train on.");
        return CaseSubset.Of(cases, config.Subset, $"'{dataset.Info.Name}' to pre-train on");
    }

    /// <summary>The labelled cases that a fine-tuning uses.</summary>
    /// <exception cref="VolumeException">There is none, or fewer than asked for.</exception>
    public static IReadOnlyList<DatasetCase> LabelledCases(Dataset dataset, FinetuneConfig config)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(config);
        DatasetCase[] labelled = [.. dataset.Cases(DatasetSplit.Training).Where(one => one.HasLabel)];
        if (labelled.Length == 0 || labelled.Length < config.NumCases)
            throw new VolumeException($"Dataset '{dataset.Info.Name}' has {labelled.Length} labelled training cases; {Math.Max(1, config.NumCases)} are asked for.");
        return CaseSubset.Of(config.NumCases == 0 ? labelled : labelled[..config.NumCases], config.Data.Subset, $"'{dataset.Info.Name}' to fine-tune on");
    }

    /// <summary>Prepares every case that no run has prepared before, and opens the loader of the stage's batches. Which cases they are is noted in the stage's folder.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="config">Grid, intensities, crops, augmentations.</param>
    /// <param name="info">Classes of the dataset.</param>
    /// <param name="withLabels">Whether labels are cut too.</param>
    /// <param name="context">Of the stage.</param>
    /// <param name="cancel">Stops the preparation; what was prepared stays in the disk cache.</param>
    /// <exception cref="VolumeException">A case cannot be prepared, and such are not to be skipped; or none can.</exception>
    public static IBatchSource Open(IReadOnlyList<DatasetCase> cases, DataConfig config, DatasetInfo info, bool withLabels, StageContext context, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(cases);
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(context);
        LoaderConfig loader = context.Data.Loader;
        CaseStore store = Prepare(cases, config, info, withLabels, context, cancel);
        WriteList(store, context.Folder);
        context.Logger.Note($"{store.Count} cases: {string.Join(", ", store.Ids)}.");
        // What preparing left behind is collected now: while the model trains there is no good moment.
        GC.Collect();
        var plan = new LoaderPlan(
            CropRecipe.Of(config, withLabels), config.Volumes, config.CropsPerVolume, withLabels, context.Seed, loader.Prefetch == 0 ? 0 : loader.WorkerThreads, loader.Prefetch);
        return new BatchLoader(store, plan, context.Device);
    }

    /// <summary>Prepares every case that no run has prepared before, and opens all of them.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="config">Grid, intensities.</param>
    /// <param name="info">Classes of the dataset.</param>
    /// <param name="withLabels">Whether labels are prepared too.</param>
    /// <param name="context">Of the stage.</param>
    /// <param name="cancel">Stops the preparation.</param>
    /// <exception cref="VolumeException">A case cannot be prepared, and such are not to be skipped; or none can.</exception>
    public static CaseStore Prepare(IReadOnlyList<DatasetCase> cases, DataConfig config, DatasetInfo info, bool withLabels, StageContext context, CancellationToken cancel)
    {
        CasePreparation preparation = Preparation(config, info, withLabels, context.Data.OpenStorage(context.Clock, context.Logger.Note), context.Data.Loader);
        long start = context.Clock.GetTimestamp();
        (StoredCase?[] stored, IReadOnlyList<BrokenCase> broken) = preparation.Run(cases, Report, cancel);
        if (broken.Count == 0) return new CaseStore([.. stored.OfType<StoredCase>()], [.. cases.Select(one => one.Weight)], []);
        string what = CasePreparation.Describe(broken);
        if (context.Data.Loader.OnBroken == BrokenCases.Fail || broken.Count == cases.Count)
        {
            foreach (StoredCase? one in stored) one?.Dispose();
            throw new VolumeException($"{what}\nMend or remove them{(broken.Count < cases.Count ? ", or set [loader] on_broken = \"skip\" to go on without them" : "")}.");
        }
        context.Logger.Warn($"{what}\nThe stage goes on without them.");
        return new CaseStore([.. stored.OfType<StoredCase>()], [.. cases.Where((_, index) => stored[index] is not null).Select(one => one.Weight)], broken);

        void Report(int done, string id, string? reason)
        {
            TimeSpan elapsed = context.Clock.GetElapsedTime(start);
            context.Logger.Progress(done, cases.Count, $"preparing {id}{(reason is null ? "" : ": broken")}", elapsed / done * (cases.Count - done));
        }
    }

    /// <summary>What prepares the cases of a stage.</summary>
    /// <param name="config">Grid, intensities.</param>
    /// <param name="info">Classes of the dataset.</param>
    /// <param name="withLabels">Whether labels are prepared too.</param>
    /// <param name="storage">Where they are kept.</param>
    /// <param name="loader">Threads, retries, time.</param>
    public static CasePreparation Preparation(DataConfig config, DatasetInfo info, bool withLabels, ICaseStorage storage, LoaderConfig loader)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(info);
        // Labels that are not read may have any value.
        int classes = withLabels ? info.LabelNames.Count : 1;
        return new CasePreparation(new CasePreparer(config, classes, config.ForegroundCrop), classes, storage, loader);
    }

    private static void WriteList(CaseStore store, string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, ListName);
        File.WriteAllText(path + ".tmp", new JsonObject
        {
            ["cases"] = new JsonArray([.. store.Ids.Select(id => (JsonNode)id)]),
            ["broken"] = new JsonArray([.. store.Broken.Select(one => (JsonNode)new JsonObject { ["case"] = one.Id, ["reason"] = one.Reason })]),
        }.ToJsonString(Indented));
        File.Move(path + ".tmp", path, overwrite: true);
    }
}

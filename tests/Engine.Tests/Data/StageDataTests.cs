using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Data.Cases;
using HiEndMae.Engine.Data.Loading;
using HiEndMae.Engine.Data.Preparation;
using HiEndMae.Engine.Stages;
using HiEndMae.Engine.Training;
using HiEndMae.Imaging;
using TorchSharp;

namespace HiEndMae.Engine.Tests.Data;

public sealed class StageDataTests : IDisposable
{
    private static readonly DataConfig Config = Made.Config(Size3.Cube(8));
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-stage-").FullName;
    private readonly TestLog log = new();

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Pre_training_uses_the_subset_of_the_pre_training_split()
    {
        var dataset = new MadeDataset([Labelled("t")], [], [], [Image("a"), Image("b"), Image("c")]);
        Assert.Equal(["a", "b", "c"], Ids(StageData.PretrainingCases(dataset, Config)));
        Assert.Equal(["a", "c"], Ids(StageData.PretrainingCases(dataset, Config with { Subset = new SubsetConfig { Cases = ["c", "a"] } })));
        Assert.Contains("'made' has no images", Assert.Throws<VolumeException>(() => StageData.PretrainingCases(new MadeDataset([Labelled("t")], [], []), Config)).Message);
    }

    [Fact]
    public void Fine_tuning_uses_the_first_labelled_cases()
    {
        var dataset = new MadeDataset([Image("unlabelled"), Labelled("a"), Labelled("b")], [], []);
        Assert.Equal(["a", "b"], Ids(StageData.LabelledCases(dataset, Finetune(0))));
        Assert.Equal(["a"], Ids(StageData.LabelledCases(dataset, Finetune(1))));
        Assert.Contains("has 2 labelled training cases; 3 are", Assert.Throws<VolumeException>(() => StageData.LabelledCases(dataset, Finetune(3))).Message);
        Assert.Contains("has 0 labelled training cases; 1 are", Assert.Throws<VolumeException>(() => StageData.LabelledCases(new MadeDataset([Image("a")], [], []), Finetune(0))).Message);
    }

    [Fact]
    public void Each_case_of_validation_and_test_is_used_once()
    {
        var dataset = new MadeDataset([], [Labelled("v1"), Labelled("both"), Labelled("v3")], [Image("unlabelled"), Labelled("both"), Labelled("t")]);
        // Without [finetune.validation] the first case is drawn in pictures.
        Assert.Equal(["v1"], Ids(StageData.EvaluatedCases(dataset, Experiment(null, null))));
        Assert.Equal(["v1", "both", "v3"], Ids(StageData.EvaluatedCases(dataset, Experiment(new ValidationConfig { Every = 1 }, null))));
        Assert.Equal(["v1", "both", "t"], Ids(StageData.EvaluatedCases(dataset, Experiment(new ValidationConfig { Every = 1, NumCases = 2 }, new EvaluateConfig()))));
    }

    [Fact]
    public void A_broken_case_stops_the_stage_or_is_left_out_and_listed()
    {
        MadeCase broken = new("broken", Size3.Cube(8), (_, _, _) => 0) { OnRead = (_, _) => throw new VolumeException("'scan.nii' is cut off.") };
        MadeCase[] cases = [Image("a"), broken];
        string message = Assert.Throws<VolumeException>(() => Open(cases, BrokenCases.Fail)).Message;
        Assert.Contains("broken: 'scan.nii' is cut off.", message);
        Assert.Contains("on_broken = \"skip\"", message);

        Open(cases, BrokenCases.Skip);
        Assert.Contains("'scan.nii' is cut off.", Assert.Single(log.Warnings));
        string list = File.ReadAllText(Path.Combine(folder, "cases.json"));
        Assert.Contains("\"a\"", list);
        Assert.Contains("\"case\": \"broken\"", list);

        Assert.Throws<VolumeException>(() => Open([broken], BrokenCases.Skip));
    }

    private void Open(IReadOnlyList<DatasetCase> cases, BrokenCases onBroken)
    {
        var loader = new LoaderConfig { Workers = 1, Prefetch = 0, Retries = 0, OnBroken = onBroken };
        var services = new DataServices(new CacheConfig { Store = CacheKind.Memory }, folder, long.MaxValue, loader);
        var stage = new StageContext(0, torch.CPU, services, log, TimeProvider.System);
        var context = new TrainingContext(stage, folder, new RunIdentity("fingerprint", "", []), 1, Precision.Float32, new TimeBudget(null, TimeProvider.System));
        using IBatchSource batches = StageData.Open(cases, Config.ForPretraining(), new MadeDataset([], [], []).Info, withLabels: false, 1, context, CancellationToken.None);
    }

    private static string[] Ids(IEnumerable<DatasetCase> cases) => [.. cases.Select(one => one.Id)];

    private static MadeCase Image(string id) => new(id, Size3.Cube(8), Made.Value);

    private static MadeCase Labelled(string id) => new(id, Size3.Cube(8), Made.Value, (_, _, _) => 0);

    private static FinetuneConfig Finetune(int cases) => new() { Head = Config.Dataset, Data = Config, NumCases = cases };

    private static ExperimentConfig Experiment(ValidationConfig? validation, EvaluateConfig? evaluate) =>
        new() { Name = "made", Encoder = Config.Dataset, Finetune = Finetune(0) with { Validation = validation }, Evaluate = evaluate };
}

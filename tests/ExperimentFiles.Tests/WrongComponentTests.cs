using HiEndMae.Configuration.Shared;
using HiEndMae.Host.Tests;

namespace HiEndMae.ExperimentFiles.Tests;

/// <summary>Components that compile and fail when they are used. Models are tried before anything is computed; what fails later is named with its stage, step and cases.</summary>
public sealed class WrongComponentTests : IDisposable
{
    private const string TaskSource = """
        using TorchSharp;
        namespace Foreign;
        /// <summary>A task of another institute.</summary>
        [HiEndMae.Component(HiEndMae.Slot.Decoder, "trial")]
        public sealed partial record TrialConfig;
        internal sealed class TrialTask : HiEndMae.PretextTask
        {
            public TrialTask(TrialConfig config, HiEndMae.DecoderContext context) : base("trial") { }
            public override torch.Tensor Loss(HiEndMae.Encoder encoder, HiEndMae.PretextBatch batch) => /* loss */;
            private static torch.Tensor Right(HiEndMae.Encoder encoder, HiEndMae.PretextBatch batch) => ((HiEndMae.TokenFeatures)encoder.Encode(batch.Volumes, [])).Tokens.square().mean();
        }
        """;

    private const string HeadSource = """
        using TorchSharp;
        namespace Foreign;
        /// <summary>A head of another institute.</summary>
        [HiEndMae.Component(HiEndMae.Slot.Head, "trial")]
        public sealed partial record TrialConfig;
        internal sealed class TrialHead : HiEndMae.SegmentationHead
        {
            private readonly TorchSharp.Modules.Parameter weight = torch.nn.Parameter(torch.ones(1));
            public TrialHead(TrialConfig config, HiEndMae.HeadContext context) : base("trial") { /* constructor */ RegisterComponents(); }
            public override System.Collections.Generic.IReadOnlyCollection<int> HiddenBlocks => [];
            public override torch.Tensor Segment(torch.Tensor volumes, HiEndMae.EncoderFeatures features) => /* logits */;
        }
        """;

    private const string CaseSource = """
        namespace Foreign;
        /// <summary>Cases of another institute.</summary>
        [HiEndMae.Component(HiEndMae.Slot.Dataset, "foreign")]
        public sealed partial record ForeignConfig;
        internal sealed class ForeignDataset : HiEndMae.Dataset
        {
            public ForeignDataset(ForeignConfig config, HiEndMae.DatasetContext context) { }
            public override HiEndMae.DatasetInfo Info => new("foreign", ["CT"], ["background", "organ"]);
            public override System.Collections.Generic.IEnumerable<HiEndMae.DatasetCase> Cases(HiEndMae.DatasetSplit split) => split == HiEndMae.DatasetSplit.Pretraining ? [new ForeignCase(0), new ForeignCase(1)] : [];
        }
        internal sealed class ForeignCase(int index) : HiEndMae.DatasetCase
        {
            public override string Id => "case-" + index;
            public override string Group => Id;
            public override bool HasLabel => false;
            public override string ContentKey => Id;
            public override HiEndMae.Imaging.Volume<float> LoadImage(System.Threading.CancellationToken cancel) => index == 1
                ? throw new System.InvalidOperationException("no luck today")
                : new(1, HiEndMae.Imaging.Size3.Cube(20), HiEndMae.Imaging.Affine.FromSpacing(new HiEndMae.Imaging.Spacing3(1.5, 1.5, 1.5)), new float[8000]);
            public override HiEndMae.Imaging.Volume<ushort>? LoadLabel(System.Threading.CancellationToken cancel) => null;
        }
        """;

    private const string Finetuning = """

        [finetune]
        steps = 2
        [finetune.head]
        plugin = "trial"
        [finetune.data]
        plugin = "phantom"
        crop = 16

        """;

    private static readonly string Pretraining = WrongPluginTests.Right.Replace("\"mae\"\nembed_dim = 12\nnum_heads = 2", "\"trial\"", StringComparison.Ordinal);
    private readonly PluginWorkshop workshop = new(withShipped: false);
    private readonly string folder = Directory.CreateTempSubdirectory("hiendmae-components-").FullName;

    private string Runs => Path.Combine(folder, "runs");

    [Theory]
    [InlineData("throw new System.InvalidOperationException(\"no luck today\")", "failed in TrialTask.Loss of plugin 'Foreign' 0.0.0.0")]
    [InlineData("Right(encoder, batch).expand(2)", "the loss has the shape [2]; it must be one number")]
    [InlineData("Right(encoder, batch).detach()", "A trial pass of the decoder 'trial' on the encoder 'vit3d' failed")]
    [InlineData("((HiEndMae.FeaturePyramid)encoder.Encode(batch.Volumes, [])).Levels[0].mean()", "Unable to cast object of type")]
    public async Task A_pretext_task_that_fails_is_found_before_anything_is_computed(string loss, string expected)
    {
        workshop.Add("Foreign", TaskSource.Replace("/* loss */", loss, StringComparison.Ordinal));
        await RefusedAsync(Pretraining, expected);
    }

    [Fact]
    public async Task A_reconstruction_of_another_size_than_the_crop_is_found_before_anything_is_computed()
    {
        workshop.Add("Foreign", TaskSource.Replace("/* loss */", "Right(encoder, batch)", StringComparison.Ordinal)
            .Replace("public override", "public override HiEndMae.Reconstruction? Reconstruct(HiEndMae.Encoder encoder, HiEndMae.PretextBatch batch) => new(batch.Volumes[.., .., ..8], batch.Volumes);\n public override", StringComparison.Ordinal));
        await RefusedAsync(Pretraining, "1, 8, 16, 16]; it must have the size of the crops, [");
    }

    [Theory]
    [InlineData("if (context.NumClasses > 0) throw new HiEndMae.PluginException(\"The trial head reads no tokens.\");", "volumes", "The trial head reads no tokens.")]
    [InlineData("", "throw new System.InvalidOperationException(\"no luck today\")", "failed in TrialHead.Segment of plugin 'Foreign' 0.0.0.0")]
    [InlineData("", "volumes * weight", "the logits have the shape [2, 1, 16, 16, 16]")]
    public async Task A_head_that_fails_is_found_before_the_pre_training(string constructor, string logits, string expected)
    {
        workshop.Add("Foreign", HeadSource.Replace("/* constructor */", constructor, StringComparison.Ordinal).Replace("/* logits */", logits, StringComparison.Ordinal));
        await RefusedAsync(WrongPluginTests.Right + Finetuning, expected);
    }

    [Fact]
    public async Task A_task_that_fails_during_the_training_is_named_with_its_stage_step_and_cases()
    {
        workshop.Add("Foreign", TaskSource.Replace("/* loss */", "batch.Step.Step < 1 ? Right(encoder, batch) : throw new System.InvalidOperationException(\"no luck today\")", StringComparison.Ordinal));
        (int code, _, string error) = await RunAsync("run", Pretraining, "--out", Runs);
        Assert.Equal(ExitCodes.Failed, code);
        Assert.Matches(@"error: the plugin 'Foreign' 0\.0\.0\.0 failed in TrialTask\.Loss \(decoder 'trial', stage pretrain, step 2, cases '[^)]+'\): InvalidOperationException: no luck today", error);
        Assert.DoesNotContain("internal error", error);
    }

    [Theory]
    [InlineData("fail", ExitCodes.BadData)]
    [InlineData("skip", ExitCodes.Done)]
    public async Task A_case_whose_code_throws_is_a_broken_case(string onBroken, int expected)
    {
        workshop.Add("Foreign", CaseSource);
        (int code, string output, string error) = await RunAsync("run", $"{WrongPluginTests.Naming}\n[loader]\non_broken = \"{onBroken}\"\nretries = 0\n", "--out", Runs);
        Assert.True(expected == code, output + error);
        Assert.Contains("The image of case 'case-1' cannot be read: InvalidOperationException in ForeignCase.LoadImage of plugin 'Foreign' 0.0.0.0: no luck today", output + error);
    }

    public void Dispose()
    {
        workshop.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    // One message, and no run directory. 'validate --build' says the same.
    private async Task RefusedAsync(string experiment, string expected)
    {
        (int code, string output, string error) = await RunAsync("run", experiment, "--out", Runs);
        Assert.True(code == ExitCodes.BadUsage, output + error);
        Assert.Contains(expected, error);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => line.StartsWith("error: ", StringComparison.Ordinal));
        Assert.False(Directory.Exists(Runs));
        (code, _, error) = await RunAsync("validate", experiment, "--build");
        Assert.Equal(ExitCodes.BadUsage, code);
        Assert.Contains(expected, error);
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string command, string experiment, params string[] options)
    {
        string file = Path.Combine(folder, "trial.toml");
        await File.WriteAllTextAsync(file, experiment + "\n[tracking]\nenabled = false\n", TestContext.Current.CancellationToken);
        using var program = new ProgramProcess(new Dictionary<string, string> { ["HIENDMAE_PLUGINS"] = workshop.Folder, ["OMP_NUM_THREADS"] = "1" }, [command, file, .. options]);
        return await program.End();
    }
}

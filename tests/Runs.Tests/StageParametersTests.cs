using HiEndMae.Engine.Configuration;
using HiEndMae.ExperimentFiles;
using HiEndMae.Runs.Tracking;
using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>Parameters by which MLflow finds runs.</summary>
public sealed class StageParametersTests : IDisposable
{
    private const string MaskRatio = "pretrain.mask_ratio";
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_later_evaluation_has_the_keys_of_its_stage()
    {
        ExperimentConfig config = SweepGraph.Of(folder.Load(""), folder.Catalog).Combinations[0].Experiment.Config;
        Assert.Contains(MaskRatio, StageParameters.OfEvaluation(config, "pretrain", null));
        Dictionary<string, string> scratch = StageParameters.OfEvaluation(config, "scratch", null);
        Assert.DoesNotContain(MaskRatio, scratch);
        Assert.Contains("finetune.steps", scratch);
        Assert.Contains("evaluate.overlap", scratch);
        Assert.Contains(MaskRatio, StageParameters.OfEvaluation(config with { Evaluate = null }, "pretrain", null));
    }

    [Fact]
    public void A_later_evaluation_of_a_job_has_the_keys_of_the_stage_before_it_and_its_own_settings()
    {
        ExperimentConfig config = SweepGraph.Of(folder.Load(""), folder.Catalog).Stages[2].Config;
        const string Weights = "/stages/pretrain-1/run/pretrain";
        config = config with { Finetune = config.Finetune! with { Init = [Weights] } };
        var job = new JobRecord("finetune from pretrain", new Dictionary<string, string> { [MaskRatio] = "0.6", ["evaluate.overlap"] = "0.9" });
        Dictionary<string, string> found = StageParameters.OfEvaluation(config, StartName.Of(Weights), job);
        Assert.Equal("0.6", found[MaskRatio]);
        Assert.Equal(StageParameters.Of(config)["evaluate.overlap"], found["evaluate.overlap"]);
    }
}

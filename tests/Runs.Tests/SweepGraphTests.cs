using HiEndMae.Engine.Stages;
using HiEndMae.Sweeps;

namespace HiEndMae.Runs.Tests;

/// <summary>Combinations of a sweep are split into stages, and equal stages are shared.</summary>
public sealed class SweepGraphTests : IDisposable
{
    private readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void An_experiment_is_its_pretraining_and_a_finetuning_for_each_start()
    {
        SweepGraph graph = Graph("");
        Assert.Equal(["pretrain", "finetune from scratch", "finetune from pretrain"], graph.Stages.Select(stage => stage.Label));
        Assert.Equal([StageKind.Pretrain, StageKind.Finetune, StageKind.Finetune], graph.Stages.Select(stage => stage.Kind));
        Assert.Equal([null, null, graph.Stages[0]], graph.Stages.Select(stage => stage.Before));
        Assert.Equal(graph.Stages, Assert.Single(graph.Combinations).Stages);
        Assert.Null(graph.Stages[0].Config.Finetune);
        Assert.All(graph.Stages.Skip(1), stage => Assert.Null(stage.Config.Pretrain));
        Assert.Equal(["scratch"], graph.Stages[1].Config.Finetune!.Init);
    }

    [Fact]
    public void Finetuning_from_scratch_does_not_depend_on_the_pretraining()
    {
        SweepGraph graph = Graph("[sweep]\n\"pretrain.mask_ratio\" = [0.5, 0.75]");
        Assert.Equal(5, graph.Stages.Count); // two pre-trainings, two fine-tunings from them, one from scratch
        Assert.Same(graph.Combinations[0].Stages[1], graph.Combinations[1].Stages[1]);
        Assert.Equal([graph.Combinations[0].Stages[0], graph.Combinations[1].Stages[0]], graph.Combinations.Select(one => one.Stages[2].Before));
    }

    [Fact]
    public void Varying_a_key_of_finetuning_shares_the_pretraining()
    {
        SweepGraph graph = Graph("[sweep]\n\"finetune.optimizer.lr\" = [1e-3, 1e-4]");
        Assert.Equal(1, graph.Stages.Count(stage => stage.Kind == StageKind.Pretrain));
        Assert.Equal(4, graph.Stages.Count(stage => stage.Kind == StageKind.Finetune));
    }

    [Fact]
    public void Every_stage_comes_after_the_one_from_which_it_starts()
    {
        SweepGraph graph = Graph("[sweep]\nseed = [0, 1, 2]\n\"pretrain.mask_ratio\" = [0.5, 0.75]");
        for (int i = 0; i < graph.Stages.Count; i++)
        {
            if (graph.Stages[i].Before is { } before) Assert.Contains(before, graph.Stages.Take(i));
        }
        Assert.Equal(graph.Stages.Count, graph.Stages.Select(stage => stage.FolderName).Distinct().Count());
    }

    [Fact]
    public void Keys_that_cannot_change_results_do_not_change_a_stage()
    {
        Assert.Equal(Keys(Graph("")), Keys(Graph("", "pretrain.log_every=3", "pretrain.checkpoint_every=1", "description=\"other\"")));
        Assert.NotEqual(Keys(Graph("")), Keys(Graph("", "seed=1")));
    }

    [Fact]
    public void A_training_of_fixed_time_is_estimated_by_its_time_and_not_by_its_steps()
    {
        SweepGraph graph = Graph("", "pretrain.steps=1000000", "pretrain.schedule.kind=\"constant\"", "pretrain.max_time=\"90s\"");
        StageEstimate estimate = SweepEstimate.Of(graph, new StageStore(folder.FullPath)).Stages[0];
        Assert.Null(estimate.Operations);
        Assert.Equal(90, estimate.Seconds);
    }

    private static IEnumerable<string> Keys(SweepGraph graph) => graph.Stages.Select(stage => stage.Key);

    private SweepGraph Graph(string more, params string[] overrides) => SweepGraph.Of(folder.Load(more, overrides), folder.Catalog);
}

using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.ExperimentFiles;
using HiEndMae.Runs.Planning;

namespace HiEndMae.Runs.Tracking;

/// <summary>The parameters that determine a stage: the keys of the config that this stage reads, or the stage from which it starts.</summary>
internal static class StageParameters
{
    /// <summary>All keys of a config, dotted.</summary>
    public static Dictionary<string, string> Of(ExperimentConfig config) =>
        TomlText.Flatten(config.ToTable()).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>The keys of a later evaluation of a start. They are those of the stage's own run, with the present settings of the evaluation.</summary>
    /// <param name="config">The run's config, with the settings of this evaluation.</param>
    /// <param name="start">The start of the models.</param>
    /// <param name="job">The sweep's record of the run; null without a sweep.</param>
    public static Dictionary<string, string> OfEvaluation(ExperimentConfig config, string start, JobRecord? job)
    {
        Dictionary<string, string> all = Of(config);
        if (job is not null)
        {
            // The config of a job does not have the keys of the pre-training before it. The record has them.
            var recorded = new Dictionary<string, string>(job.Parameters, StringComparer.Ordinal);
            foreach ((string key, string value) in all.Where(entry => entry.Key.StartsWith("evaluate.", StringComparison.Ordinal))) recorded[key] = value;
            all = recorded;
        }
        // The experiment may have no [evaluate] table.
        StagePlan plan = StagePlan.Of(config).First(one => one.Stage == Stage.Finetune(start)) with { Stage = Stage.Evaluate(start), Training = null };
        return Of(all, plan, isJob: job is not null);
    }

    /// <summary>The keys of one stage.</summary>
    /// <param name="all">All keys.</param>
    /// <param name="plan">The stage.</param>
    /// <param name="isJob">Whether a sweep runs the stage. The config then has the keys of a pre-training only if the stage starts from it.</param>
    public static Dictionary<string, string> Of(IReadOnlyDictionary<string, string> all, StagePlan plan, bool isJob)
    {
        bool readsPretraining = isJob || plan.Origin == StartName.Pretrain;
        string[] without = plan.Stage.Kind switch
        {
            StageKind.Pretrain => ["finetune.", "evaluate."],
            StageKind.Finetune => readsPretraining ? ["evaluate."] : ["pretrain.", "evaluate."],
            _ => readsPretraining ? [] : ["pretrain."],
        };
        return all.Where(entry => !without.Any(prefix => entry.Key.StartsWith(prefix, StringComparison.Ordinal))).ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);
    }
}

using System.Security.Cryptography;
using System.Text;
using HiEndMae.Configuration;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;
using HiEndMae.ExperimentFiles;
using HiEndMae.Runs.Loading;

namespace HiEndMae.Sweeps;

/// <summary>The stages of a sweep, each once, and the stages of each combination.</summary>
/// <param name="Stages">Stages, each after the one from which it starts.</param>
/// <param name="Combinations">Combinations with their stages in the order of running.</param>
internal sealed record SweepGraph(IReadOnlyList<SweepStage> Stages, IReadOnlyList<(LoadedExperiment Experiment, IReadOnlyList<SweepStage> Stages)> Combinations)
{
    /// <summary>Splits combinations into stages.</summary>
    /// <param name="experiments">The combinations.</param>
    /// <param name="catalog">The plugins, which belong to a stage's key.</param>
    public static SweepGraph Of(IReadOnlyList<LoadedExperiment> experiments, PluginCatalog catalog)
    {
        var known = new Dictionary<string, SweepStage>(StringComparer.Ordinal);
        var order = new List<SweepStage>();
        var combinations = new List<(LoadedExperiment, IReadOnlyList<SweepStage>)>();
        foreach (LoadedExperiment experiment in experiments)
        {
            var stages = new List<SweepStage>();
            // The place of results in a table belongs to a combination, not to its stages.
            ExperimentConfig config = experiment.Config with { Report = null };
            SweepStage? pretraining = null;
            if (config.Pretrain is not null)
                stages.Add(pretraining = Share(StageKind.Pretrain, "", experiment, config with { Finetune = null, Evaluate = null }, null));
            foreach (string start in config.Finetune?.Init ?? [])
            {
                ExperimentConfig alone = config with { Pretrain = null, Finetune = config.Finetune! with { Init = [start] } };
                stages.Add(Share(StageKind.Finetune, start, experiment, alone, start == StartName.Pretrain ? pretraining : null));
            }
            combinations.Add((experiment, stages));
        }
        return new SweepGraph(order, combinations);

        SweepStage Share(StageKind kind, string start, LoadedExperiment experiment, ExperimentConfig config, SweepStage? before)
        {
            string computed = $"{Stage.NameOf(kind)} {ConfigFingerprint.Of(config.ToTable(), ExperimentConfig.Schema, catalog.Components)}";
            CodeIdentity code = CodeIdentity.Of(config, catalog);
            string key = Hash($"{computed} {code.Key} {before?.Key}");
            if (known.TryGetValue(key, out SweepStage? shared)) return shared;
            string what = kind == StageKind.Pretrain ? Stage.NameOf(kind) : $"{Stage.NameOf(kind)} from {(start is StartName.Scratch or StartName.Pretrain ? start : Path.GetFileName(start))}";
            var stage = new SweepStage(key, Hash($"{computed} {before?.ConfigKey}"), code, kind, experiment.Label.Length == 0 ? what : $"{what} ({experiment.Label})", config, before);
            known[key] = stage;
            order.Add(stage);
            return stage;
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}

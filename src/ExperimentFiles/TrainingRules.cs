using System.Globalization;
using HiEndMae.Configuration;

namespace HiEndMae.ExperimentFiles;

/// <summary>Checks relations between the keys of [pretrain] or [finetune]: length, schedule, intervals, trained parts.</summary>
internal static class TrainingRules
{
    /// <summary>Reports a length that is missing or given twice, and options without effect.</summary>
    /// <param name="name">Name of the table: pretrain or finetune.</param>
    /// <param name="stage">The table; null if the file has none.</param>
    /// <param name="schema">Schema of the table.</param>
    /// <param name="context">Receives errors and warnings.</param>
    public static void Check(string name, ConfigTable? stage, SectionSchema schema, CheckContext context)
    {
        if (stage is null) return;
        long? steps = Whole(stage, "steps"), epochs = Whole(stage, "epochs");
        if (stage.Find("steps") is not null && stage.Find("epochs") is { } both)
            Error("HEM066", $"[{name}] has both 'steps' and 'epochs'; give only one of them", both);
        else if (!context.IsPart && stage.Find("steps") is null && stage.Find("epochs") is null)
            Error("HEM065", $"[{name}] has neither 'steps' nor 'epochs'; give one of them, such as steps = 1000", stage);
        CheckSchedule(stage.Find("schedule") as ConfigTable);
        CheckIntervals();
        CheckEncoder();
        if (stage.Find("optimizer") is ConfigTable optimizer && Number(optimizer, "weight_decay") == 0 && optimizer.Find("decay_on") is ConfigScalar { Value: "all" } decayOn)
            Warning("HEM074", "'decay_on' has no effect with weight_decay = 0", decayOn);

        void CheckSchedule(ConfigTable? schedule)
        {
            SectionSchema keys = schema.Find("schedule")!.Section!;
            string kind = (schedule?.Find("kind") as ConfigScalar)?.Value as string ?? keys.Find("kind")!.Default!.Trim('"');
            if (kind is not ("constant" or "staircase") && stage.Find("max_time") is { } time)
                Warning("HEM075", $"'max_time' may end the training before its learning rate has decayed, because the schedule follows the steps; 'schedule.kind' is \"{kind}\", and \"constant\" does not decay", time);
            if (schedule is null) return;
            ConfigNode? warmupSteps = Changed(schedule, keys, "warmup_steps"), warmupEpochs = Changed(schedule, keys, "warmup_epochs");
            if (steps is not null && Whole(schedule, "warmup_steps") > steps)
                Warning("HEM042", Text("warmup_steps ({0}) is more than steps ({1}): the learning rate never reaches its peak", Whole(schedule, "warmup_steps")!, steps), warmupSteps!);
            if (epochs is not null && Whole(schedule, "warmup_epochs") > epochs)
                Warning("HEM042", Text("warmup_epochs ({0}) is more than epochs ({1}): the learning rate never reaches its peak", Whole(schedule, "warmup_epochs")!, epochs), warmupEpochs!);
            if (kind != "polynomial" && Changed(schedule, keys, "power") is { } power) Warning("HEM067", $"'power' has no effect with kind = \"{kind}\"; it belongs to polynomial", power);
            if (kind is "constant" or "staircase" && Changed(schedule, keys, "end_lr") is { } endLr) Warning("HEM067", $"'end_lr' has no effect with kind = \"{kind}\"", endLr);
            if (kind == "cosine-by-epoch" && schedule.Find("warmup_start_lr") is { } startLr) Warning("HEM067", "'warmup_start_lr' has no effect with kind = \"cosine-by-epoch\"", startLr);
            if (kind is not ("cosine" or "polynomial") && schedule.Find("ends_at_last_step") is ConfigScalar { Value: true } endsAtLast) Warning("HEM067", $"'ends_at_last_step' has no effect with kind = \"{kind}\"", endsAtLast);
            if (kind != "staircase" && (Changed(schedule, keys, "stair_every") ?? Changed(schedule, keys, "stair_factor")) is { } stair) Warning("HEM067", $"the keys of a staircase have no effect with kind = \"{kind}\"", stair);
            if (kind == "cosine-by-epoch" && warmupSteps is not null) Warning("HEM067", "'warmup_steps' has no effect with kind = \"cosine-by-epoch\"; use 'warmup_epochs'", warmupSteps);
            else if (warmupSteps is not null && warmupEpochs is not null) Error("HEM068", "the warm-up is given in steps and in epochs; give only one of them", warmupEpochs);
            if (steps is null) return;
            if (warmupEpochs is not null) Error("HEM068", $"'warmup_epochs' needs 'epochs', but [{name}] has 'steps'; use 'warmup_steps'", warmupEpochs);
            else if (kind == "cosine-by-epoch") Error("HEM068", $"kind = \"cosine-by-epoch\" needs 'epochs', but [{name}] has 'steps'; give 'epochs', or use kind = \"cosine\"", schedule.Find("kind")!);
        }

        void CheckIntervals()
        {
            foreach (string key in (string[])["figures_every", "keep_every"])
            {
                if (steps is not null && Whole(stage, key) > steps)
                    Warning("HEM070", Text("'{0}' ({1}) is greater than 'steps' ({2}), so it has no effect", key, Whole(stage, key)!, steps), stage.Find(key)!);
            }
            if (Whole(stage, "keep_every") is > 0 and long keep && Whole(stage, "checkpoint_every") is > 0 and long save && keep % save != 0)
                Warning("HEM072", Text("'keep_every' ({0}) is not a multiple of 'checkpoint_every' ({1}), so the checkpoints to keep are not written", keep, save), stage.Find("keep_every")!);
            if (stage.Find("validation") is not ConfigTable validation || Whole(validation, "every") is not (> 0 and long every) || (epochs ?? steps) is not { } length) return;
            string unit = epochs is null ? "steps" : "epochs";
            if (every > length)
                Warning("HEM070", Text("'every' ({0}) is greater than '{1}' ({2}), so validation runs only at the end", every, unit, length), validation.Find("every")!);
            else if (Whole(validation, "patience") is > 0 and long patience && (patience + 1) * every >= length)
                Warning("HEM071", Text("'patience' ({0}) has no effect: with a validation every {1} {2}, the training ends ({3} {2}) before that many validations without improvement", patience, every, unit, length), validation.Find("patience")!);
        }

        void CheckEncoder()
        {
            if ((stage.Find("freeze_encoder") as ConfigScalar)?.Value is not true) return;
            foreach (string key in (string[])["encoder_lr_scale", "layer_decay"])
            {
                if (Changed(stage, schema, key) is { } node) Warning("HEM069", $"'{key}' has no effect with freeze_encoder = true", node);
            }
            if (stage.Find("init") is ConfigArray { Items.Count: > 0 } init && init.Items.All(item => item is ConfigScalar { Value: "scratch" }))
                Warning("HEM073", "freeze_encoder with no start but \"scratch\" trains only a head on an encoder with random weights", stage.Find("freeze_encoder")!);
        }

        void Error(string id, string message, ConfigNode node) => context.Report(new ConfigDiagnostic(id, true, message, node.Source));

        void Warning(string id, string message, ConfigNode node) => context.Report(new ConfigDiagnostic(id, false, message, node.Source));
    }

    // A resolved file contains every key, so a key with its default value counts as not given.
    private static ConfigNode? Changed(ConfigTable table, SectionSchema schema, string key) =>
        table.Find(key) is { } node && !(node is ConfigScalar { Value: long or double } scalar
            && double.TryParse(schema.Find(key)?.Default, NumberStyles.Float, CultureInfo.InvariantCulture, out double usual)
            && Convert.ToDouble(scalar.Value, CultureInfo.InvariantCulture) == usual) ? node : null;

    private static long? Whole(ConfigTable table, string key) => table.Find(key) is ConfigScalar { Value: long value } ? value : null;

    private static double? Number(ConfigTable table, string key) => table.Find(key) is ConfigScalar { Value: long or double } scalar ? Convert.ToDouble(scalar.Value, CultureInfo.InvariantCulture) : null;

    private static string Text(string format, params object[] values) => string.Format(CultureInfo.InvariantCulture, format, values);
}

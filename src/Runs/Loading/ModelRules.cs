using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Engine.Configuration;

namespace HiEndMae.Runs.Loading;

/// <summary>Checks from the configs whether the components of an experiment fit one another. Finds crops that an encoder refuses, and decoders and heads that cannot read the encoder. No model is created.</summary>
internal static class ModelRules
{
    // Channels and classes are the dataset's, which need not be at hand; no component refuses a number of them.
    private const int Channels = 1, Classes = 2;

    /// <summary>Reports each misfit at the key that causes it.</summary>
    /// <param name="config">A config without other errors.</param>
    /// <param name="tree">The table from which the config was read.</param>
    /// <param name="report">Takes each error.</param>
    public static void Check(ExperimentConfig config, ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        if (config.Pretrain is { } pretrain)
        {
            var context = new EncoderContext(Channels, (pretrain.Decoder as IViewSizes)?.EncoderCrop(pretrain.Data.Crop) ?? pretrain.Data.Crop, EncoderUse.Pretraining);
            if (Crop(config, context, tree, "pretrain", report) is { } info && pretrain.Decoder is IDecoderCounter decoder)
            {
                Views(config, decoder, tree, report);
                Fits(() => decoder.Count(PretextContexts.Of(pretrain, info), pretrain.MaskRatio), tree, "pretrain", "decoder", report);
            }
        }
        if (config.Finetune is { } finetune)
        {
            var context = new EncoderContext(Channels, finetune.Data.Crop, EncoderUse.Segmentation);
            if (Crop(config, context, tree, "finetune", report) is { } info && finetune.Head is IHeadCounter head)
                Fits(() => head.Count(new HeadContext(info, finetune.Data.Crop, Classes)), tree, "finetune", "head", report);
        }
    }

    // Describes the encoder of a stage; null if its config has no description or refuses the crop.
    private static EncoderInfo? Crop(ExperimentConfig config, EncoderContext context, ConfigTable tree, string stage, Action<ConfigDiagnostic> report)
    {
        if (config.Encoder is ICropRule rule && rule.RefusalOf(context.CropSize, context.Use) is { } refusal)
        {
            ConfigTable? table = Table(tree, stage, "data");
            report(new ConfigDiagnostic("HEM024", true, $"'crop' in [{stage}.data] is {context.CropSize}: {refusal}", (table?.Find("crop") ?? table ?? tree).Source));
            return null;
        }
        return (config.Encoder as IEncoderCounter)?.Describe(context);
    }

    // Views of other sizes than the one that the encoder is built for.
    private static void Views(ExperimentConfig config, IDecoderCounter decoder, ConfigTable tree, Action<ConfigDiagnostic> report)
    {
        foreach (EncoderViews views in decoder.OtherViews)
        {
            if (config.Encoder is ICropRule rule && rule.RefusalOf(views.Size, EncoderUse.Pretraining) is { } refusal)
                report(new ConfigDiagnostic("HEM025", true, $"[pretrain.decoder] does not fit [encoder]: it gives views of {views.Size} voxels to the encoder, and {refusal}", (Table(tree, "pretrain", "decoder") ?? tree).Source));
        }
    }

    private static void Fits(Func<object> count, ConfigTable tree, string stage, string slot, Action<ConfigDiagnostic> report)
    {
        try
        {
            count();
        }
        catch (PluginException error)
        {
            report(new ConfigDiagnostic("HEM025", true, $"[{stage}.{slot}] does not fit [encoder]: {error.Message.TrimEnd('.')}", (Table(tree, stage, slot) ?? tree).Source));
        }
    }

    private static ConfigTable? Table(ConfigTable tree, string stage, string name) => (tree.Find(stage) as ConfigTable)?.Find(name) as ConfigTable;
}

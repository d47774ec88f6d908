using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Engine.Configuration;
using HiEndMae.Engine.Stages;

namespace HiEndMae.Runs.Loading;

/// <summary>Counts of parameters and operations of an experiment's models, by stage.</summary>
/// <param name="Encoder">Name of the encoder, such as ViT-B/16(768).</param>
/// <param name="DenseStages">Number of dense stages of the pre-training decoder.</param>
/// <param name="Decoder">The pre-training decoder as a whole; null without pre-training.</param>
/// <param name="Stages">Parts of each stage's model, in the order they run.</param>
internal sealed record ExperimentCosts(string Encoder, int DenseStages, OperationCount? Decoder, IReadOnlyList<(StageKind Kind, IReadOnlyList<OperationCount> Parts)> Stages)
{
    /// <summary>Whether every component counts its operations.</summary>
    public static bool CanCount(ExperimentConfig config) =>
        config.Encoder is IEncoderCounter && config.Pretrain?.Decoder is null or IDecoderCounter && config.Finetune?.Head is null or IHeadCounter;

    /// <summary>Counts an experiment by rule. No component is created.</summary>
    /// <exception cref="PluginException">A component does not count its operations, or does not fit the others.</exception>
    public static ExperimentCosts Of(ExperimentConfig config, int channels, int classes)
    {
        var encoder = Counter<IEncoderCounter>(config.Encoder);
        var stages = new List<(StageKind, IReadOnlyList<OperationCount>)>();
        string name = config.Encoder.Plugin;
        int dense = 0;
        OperationCount? whole = null;
        if (config.Pretrain is { } pretrain)
        {
            var context = new EncoderContext(channels, (pretrain.Decoder as IViewSizes)?.EncoderCrop(pretrain.Data.Crop) ?? pretrain.Data.Crop, EncoderUse.Pretraining);
            EncoderInfo info = encoder.Describe(context);
            var decoder = Counter<IDecoderCounter>(pretrain.Decoder);
            IReadOnlyList<OperationCount> parts = decoder.Count(PretextContexts.Of(pretrain, info), pretrain.MaskRatio);
            whole = Sum(parts);
            dense = decoder.DenseStages;
            name = NameOf(info, name);
            IEnumerable<OperationCount> once = encoder.Count(context, pretrain.MaskRatio);
            IEnumerable<OperationCount> encoded = once.Select(part => part.Times(decoder.EncoderPasses) with { Parameters = part.Parameters });
            foreach (EncoderViews views in decoder.OtherViews)
                encoded = encoded.Zip(encoder.Count(context with { CropSize = views.Size }, pretrain.MaskRatio), (sum, part) => (sum + part.Times(views.Count)) with { Parameters = sum.Parameters });
            stages.Add((StageKind.Pretrain, [.. encoded, .. parts]));
        }
        if (config.Finetune is { } finetune)
        {
            var context = new EncoderContext(channels, finetune.Data.Crop, EncoderUse.Segmentation);
            EncoderInfo info = encoder.Describe(context);
            name = NameOf(info, name);
            stages.Add((StageKind.Finetune, [.. encoder.Count(context, 0), .. Counter<IHeadCounter>(finetune.Head).Count(new HeadContext(info, finetune.Data.Crop, classes))]));
        }
        return new ExperimentCosts(name, dense, whole, stages);
    }

    /// <summary>Adds the counts of parts.</summary>
    public static OperationCount Sum(IEnumerable<OperationCount> parts) => parts.Aggregate(OperationCount.None("total"), (sum, part) => sum + part);

    // Names as in the paper: B means a depth of 12.
    private static string NameOf(EncoderInfo info, string plugin) => info is TokenEncoderInfo token
        ? $"ViT-{(token.Depth == 12 ? "B" : token.Depth)}/{token.PatchSize.X}({token.EmbedDim})"
        : plugin;

    private static T Counter<T>(IComponentConfig config)
        where T : class => config as T ?? throw new PluginException($"'{config.Plugin}' does not count its operations; its config must implement the counter interface of its kind.");
}

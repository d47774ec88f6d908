using HiEndMae.Configuration;
using HiEndMae.Counting;
using HiEndMae.Engine.Masking;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>Creates models with the component that is checked.</summary>
/// <param name="component">The component.</param>
/// <param name="config">Its config.</param>
/// <param name="options">Sizes.</param>
internal sealed class ModelMaker(ComponentDescriptor component, IComponentConfig config, ConformanceOptions options)
{
    private const int Steps = 100;

    // A component that refuses tokens is tested with a pyramid.
    private bool usesPyramid;

    /// <summary>Size of the volumes that the encoder sees.</summary>
    public Size3 EncoderCrop => (config as IViewSizes)?.EncoderCrop(options.Crop) ?? options.Crop;

    /// <summary>The uses in which the component is tested. An encoder is built for both of them.</summary>
    public IReadOnlyList<EncoderUse> Uses => component.Slot switch
    {
        Slot.Encoder => [EncoderUse.Pretraining, EncoderUse.Segmentation],
        Slot.Head => [EncoderUse.Segmentation],
        _ => [EncoderUse.Pretraining],
    };

    /// <summary>Creates a model from the same random numbers every time.</summary>
    /// <exception cref="PluginException">The component refuses the config or the encoder.</exception>
    public TrialModel Make(EncoderUse use)
    {
        manual_seed(1);
        if (component.Slot == Slot.Encoder)
        {
            var tested = (Encoder)component.Create(config, new EncoderContext(options.Channels, options.Crop, use));
            return new TrialModel(tested, tested, (volumes, step) => Encode(tested, volumes, step, use));
        }
        try
        {
            return Around(EncoderFor(use));
        }
        catch (PluginException) when (options.Encoder is null && !usesPyramid)
        {
            usesPyramid = true;
            return Around(EncoderFor(use));
        }
    }

    /// <summary>The operations that the config counts for one sample; null if it does not count.</summary>
    public IReadOnlyList<OperationCount>? Counted(TrialModel model, EncoderUse use) => config switch
    {
        IEncoderCounter counter => counter.Count(new EncoderContext(options.Channels, options.Crop, use), 0),
        IHeadCounter counter => counter.Count(new HeadContext(model.Encoder.Info, options.Crop, options.NumClasses)),
        IDecoderCounter counter => counter.Count(Context(model.Encoder, use), options.MaskRatio),
        _ => null,
    };

    private DecoderContext Context(Encoder encoder, EncoderUse use) => new(encoder.Info, options.Crop) { MaskRatio = options.MaskRatio, Window = new IntensityRange(-175, 250), NewEncoder = () => EncoderFor(use) };

    private Encoder EncoderFor(EncoderUse use)
    {
        var context = new EncoderContext(options.Channels, EncoderCrop, use);
        if (options.Encoder is { } named) return (Encoder)ComponentConformance.DescriptorOf(named).Create(named, context);
        return usesPyramid ? new SmallPyramidEncoder(context) : new SmallTokenEncoder(context);
    }

    private TrialModel Around(Encoder encoder)
    {
        try
        {
            if (component.Slot == Slot.Head)
            {
                var head = (SegmentationHead)component.Create(config, new HeadContext(encoder.Info, options.Crop, options.NumClasses));
                return new TrialModel(head, encoder, (volumes, _) => Segment(head, encoder, volumes));
            }
            var task = (PretextTask)component.Create(config, Context(encoder, EncoderUse.Pretraining));
            return new TrialModel(task, encoder, (volumes, step) => Pretext(task, encoder, volumes, step));
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private Tensor Encode(Encoder encoder, Tensor volumes, int step, EncoderUse use)
    {
        long batch = volumes.shape[0];
        if (encoder is not TokenEncoder tokens)
        {
            var info = ((PyramidEncoder)encoder).PyramidInfo;
            var pyramid = (FeaturePyramid)encoder.Encode(volumes, []);
            if (pyramid.Levels.Count != info.Levels.Count) throw new ShapeException($"the pyramid has {pyramid.Levels.Count} levels; PyramidInfo says {info.Levels.Count}");
            for (int i = 0; i < info.Levels.Count; i++)
            {
                Size3 stride = info.Levels[i].Stride;
                ShapeException.Require($"level {i} of the pyramid", pyramid.Levels[i], batch, info.Levels[i].Channels, Up(options.Crop.X, stride.X), Up(options.Crop.Y, stride.Y), Up(options.Crop.Z, stride.Z));
            }
            return pyramid.Levels.Select(level => level.square().mean()).Aggregate((sum, one) => sum + one);
        }
        TokenEncoderInfo token = tokens.TokenInfo;
        int extra = token.HasClassToken ? 1 : 0;
        int[] blocks = [.. Enumerable.Range(0, token.Depth)];
        Tensor loss = OfTokens("Encode", (TokenFeatures)encoder.Encode(volumes, blocks), token.Grid.Count + extra);
        if (use != EncoderUse.Pretraining) return loss;
        TokenMask mask = RandomMasking.Create((int)batch, (int)token.Grid.Count, options.MaskRatio, 1, step, CPU);
        try
        {
            Tensor patches = rand([batch, token.Grid.Count, token.PatchSize.Count * token.InChannels]);
            return loss + OfTokens("EncodeVisible", tokens.EncodeVisible(patches, mask, blocks), mask.NumVisible + extra);
        }
        finally
        {
            mask.Dispose();
        }

        Tensor OfTokens(string method, TokenFeatures features, long count)
        {
            ShapeException.Require($"{method}: Tokens", features.Tokens, batch, count, token.EmbedDim);
            if (!features.Hidden.Keys.Order().SequenceEqual(blocks)) throw new ShapeException($"{method} returned the hidden blocks {string.Join(", ", features.Hidden.Keys.Order())}; the request was for 0 to {token.Depth - 1}, which are all blocks according to TokenInfo.Depth");
            foreach ((int block, Tensor hidden) in features.Hidden) ShapeException.Require($"{method}: Hidden[{block}]", hidden, batch, count, token.EmbedDim);
            // The weights differ, because the plain sum of squares after a LayerNorm is constant and has no gradient.
            return features.Hidden.Values.Append(features.Tokens).Select(one => (one * linspace(0.5, 1.5, token.EmbedDim)).square().mean()).Aggregate((sum, one) => sum + one);
        }
    }

    private Tensor Segment(SegmentationHead head, Encoder encoder, Tensor volumes)
    {
        if (encoder.Info is TokenEncoderInfo info && head.HiddenBlocks.Any(block => block < 0 || block >= info.Depth))
            throw new ShapeException($"HiddenBlocks names {string.Join(", ", head.HiddenBlocks)}; the encoder has the blocks 0 to {info.Depth - 1}");
        Tensor logits = head.Segment(volumes, encoder.Encode(volumes, head.HiddenBlocks));
        ShapeException.Require("the tensor of logits", logits, volumes.shape[0], options.NumClasses, options.Crop.X, options.Crop.Y, options.Crop.Z);
        return logits.square().mean();
    }

    private Tensor Pretext(PretextTask task, Encoder encoder, Tensor volumes, int step)
    {
        int batch = (int)volumes.shape[0];
        using TokenMask? mask = RandomMasking.For(encoder, task, batch, options.MaskRatio, 1, step, CPU);
        var drawn = new List<TokenMask>();
        try
        {
            Tensor loss = task.Loss(encoder, new PretextBatch(volumes, mask)
            {
                Step = new StepInfo(step, Steps),
                Masks = (cells, visible) =>
                {
                    drawn.Add(RandomMasking.Draw(batch, cells, visible, 1, step, CPU));
                    return drawn[^1];
                },
            });
            if (component.Schema.WithoutMask && (task.UsesMask || drawn.Count > 0)) throw new ShapeException("the task uses a mask, but its config has [WithoutMask]; remove the attribute");
            return loss.numel() == 1 ? loss.reshape([]) : throw new ShapeException($"the loss has the shape [{string.Join(", ", loss.shape)}]; it must be one number");
        }
        finally
        {
            foreach (TokenMask one in drawn) one.Dispose();
        }
    }

    private static long Up(int side, int stride) => (side + stride - 1) / stride;
}

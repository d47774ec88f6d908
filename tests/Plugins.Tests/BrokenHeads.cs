#pragma warning disable HEM113, HEM114, HEM115, CA5394 // mistakes on purpose
using HiEndMae.Counting;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Tests;

/// <summary>Mistakes of a head.</summary>
public enum HeadMistake
{
    /// <summary>None.</summary>
    None,

    /// <summary>Logits of the token grid.</summary>
    Shape,

    /// <summary>A layer that the loss does not reach.</summary>
    Unused,

    /// <summary>Tensors that no scope frees.</summary>
    Leak,

    /// <summary>Random numbers that no seed governs.</summary>
    Chance,

    /// <summary>A counter in a field.</summary>
    Hidden,

    /// <summary>A layer in a list.</summary>
    List,

    /// <summary>A wrong number of parameters.</summary>
    Count,

    /// <summary>An exception for batches of one.</summary>
    Batch,
}

/// <summary>A head with a mistake.</summary>
[Component(Slot.Head, "broken-head")]
public sealed partial record BrokenHeadConfig : IHeadCounter
{
    /// <summary>The mistake.</summary>
    public HeadMistake Mistake { get; init; }

    /// <inheritdoc/>
    public IReadOnlyList<OperationCount> Count(HeadContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var info = (TokenEncoderInfo)context.Encoder;
        long weights = info.EmbedDim * context.NumClasses;
        return [new OperationCount("head", weights + (Mistake == HeadMistake.Count ? 0 : context.NumClasses), 0, weights * info.Grid.Count, weights * info.Grid.Count)];
    }
}

internal sealed class BrokenHead : SegmentationHead
{
    private readonly BrokenHeadConfig config;
    private readonly HeadContext context;
    private readonly Linear classify;
    private readonly Linear? unused;
    private readonly List<Linear> list = [];
    private readonly List<Tensor> kept = [];
    private readonly Random random = new();
    private int passes;

    public BrokenHead(BrokenHeadConfig config, HeadContext context) : base(nameof(BrokenHead))
    {
        (this.config, this.context) = (config, context);
        int width = ((TokenEncoderInfo)context.Encoder).EmbedDim;
        classify = nn.Linear(width, context.NumClasses);
        if (config.Mistake == HeadMistake.Unused) unused = nn.Linear(2, 3);
        if (config.Mistake == HeadMistake.List) list.Add(nn.Linear(width, width));
        RegisterComponents();
    }

    public override IReadOnlyCollection<int> HiddenBlocks => [];

    public override Tensor Segment(Tensor volumes, EncoderFeatures features)
    {
        using DisposeScope scope = NewDisposeScope();
        var info = (TokenEncoderInfo)context.Encoder;
        Tensor tokens = ((TokenFeatures)features).Tokens;
        if (list.Count > 0) tokens = list[0].call(tokens);
        Tensor scores = classify.call(tokens);
        if (config.Mistake == HeadMistake.Leak) kept.Add(scores.detach().clone().DetachFromDisposeScope());
        if (config.Mistake == HeadMistake.Chance) scores = scores * (1 + random.NextDouble());
        if (config.Mistake == HeadMistake.Hidden) scores = scores * (1 + passes++);
        if (config.Mistake == HeadMistake.Batch && volumes.shape[0] == 1) throw new InvalidOperationException("one is too few");
        Tensor coarse = scores.transpose(1, 2).reshape(volumes.shape[0], context.NumClasses, info.Grid.X, info.Grid.Y, info.Grid.Z);
        Tensor logits = config.Mistake == HeadMistake.Shape ? coarse.alias() : nn.functional.interpolate(coarse, volumes.shape[2..], mode: InterpolationMode.Nearest);
        return logits.MoveToOuterDisposeScope();
    }
}

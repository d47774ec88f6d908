using System.Diagnostics;
using HiEndMae;
using HiEndMae.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace HiEndMae.Bench.Pretext;

/// <summary>Passes every call on to an encoder, and notes the time and the input of each.</summary>
internal sealed class WatchedEncoder : Encoder, IMaskedEncoder, ISliceEncoder
{
    private readonly Encoder encoder;

    /// <param name="encoder">The encoder.</param>
    /// <param name="calls">Where calls are noted, if not in a list of its own.</param>
    public WatchedEncoder(Encoder encoder, List<(bool HasGradient, Func<Tensor> Again)>? calls = null) : base(nameof(WatchedEncoder))
    {
        this.encoder = encoder;
        Calls = calls ?? [];
        RegisterComponents();
    }

    /// <summary>When the first call of a step began.</summary>
    public long? FirstCall { get; private set; }

    /// <summary>The calls of a step: each runs again on random input of the same size, and returns a scalar.</summary>
    public List<(bool HasGradient, Func<Tensor> Again)> Calls { get; }

    public override EncoderInfo Info => encoder.Info;

    public Size3 CellSize => ((IMaskedEncoder)encoder).CellSize;

    /// <summary>Forgets the calls of the step before.</summary>
    public void Restart()
    {
        FirstCall = null;
        Calls.Clear();
    }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        long[] size = volumes.shape;
        Note(() => Sum(encoder.Encode(rand(size), hiddenBlocks)));
        return encoder.Encode(volumes, hiddenBlocks);
    }

    public FeaturePyramid EncodeCells(Tensor volumes, Tensor visible)
    {
        long[] size = volumes.shape;
        Tensor cells = visible.clone().DetachFromDisposeScope();
        Note(() => Sum(((IMaskedEncoder)encoder).EncodeCells(rand(size), cells)));
        return ((IMaskedEncoder)encoder).EncodeCells(volumes, visible);
    }

    public Tensor EmbedVolumes(Tensor volumes)
    {
        long[] size = volumes.shape;
        Note(() => ((ISliceEncoder)encoder).EmbedVolumes(rand(size)).sum());
        return ((ISliceEncoder)encoder).EmbedVolumes(volumes);
    }

    public Tensor EmbedSlices(Tensor slices)
    {
        long[] size = slices.shape;
        Note(() => ((ISliceEncoder)encoder).EmbedSlices(rand(size)).sum());
        return ((ISliceEncoder)encoder).EmbedSlices(slices);
    }

    private void Note(Func<Tensor> again)
    {
        FirstCall ??= Stopwatch.GetTimestamp();
        Calls.Add((is_grad_enabled(), again));
    }

    private static Tensor Sum(EncoderFeatures features) => features switch
    {
        FeaturePyramid pyramid => pyramid.Levels.Select(level => level.mean()).Aggregate((sum, one) => sum + one),
        TokenFeatures tokens => tokens.Tokens.mean(),
        _ => throw new NotSupportedException(features.GetType().Name),
    };
}

using HiEndMae.Configuration;
using HiEndMae.Imaging;

namespace HiEndMae.Plugins.Encoders;

/// <summary>UniMiSS' Medical Transformer with its transformer decoder (Xie et al., arXiv:2112.09356). The first axis is halved one time less than the others. Defaults are those of MiT small.</summary>
[Component(Slot.Encoder, "mit"), Gives(Features.Pyramid)]
public sealed partial record MitConfig : ICropRule
{
    internal const int NumStages = 4, StemKernel = 7, EmbedKernel = 3;

    /// <summary>Channels of the convolutional level of stride (1, 2, 2).</summary>
    [Range(1, 1024)]
    public int StemChannels { get; init; } = 32;

    /// <summary>Token widths of the four stages. The decoder uses the first three.</summary>
    [NotEmpty, Range(1, 4096)]
    public IReadOnlyList<int> EmbedDims { get; init; } = [48, 128, 256, 512];

    /// <summary>Blocks of each stage.</summary>
    [NotEmpty, Range(1, 64)]
    public IReadOnlyList<int> Depths { get; init; } = [2, 3, 4, 3];

    /// <summary>Attention heads of each stage.</summary>
    [NotEmpty, Range(1, 256)]
    public IReadOnlyList<int> NumHeads { get; init; } = [1, 2, 4, 8];

    /// <summary>Distance of keys along an axis in tokens, per stage.</summary>
    [NotEmpty, Range(1, 32)]
    public IReadOnlyList<int> SrRatios { get; init; } = [6, 4, 2, 1];

    /// <summary>Blocks of each decoder stage, coarsest first.</summary>
    [NotEmpty, Range(1, 64)]
    public IReadOnlyList<int> DecoderDepths { get; init; } = [3, 4, 3];

    /// <summary>Attention heads of each decoder stage, coarsest first.</summary>
    [NotEmpty, Range(1, 256)]
    public IReadOnlyList<int> DecoderNumHeads { get; init; } = [8, 4, 2];

    /// <summary>Distance of keys along an axis in tokens, per decoder stage, coarsest first.</summary>
    [NotEmpty, Range(1, 32)]
    public IReadOnlyList<int> DecoderSrRatios { get; init; } = [2, 4, 6];

    /// <summary>Hidden width of an MLP / width of its stage.</summary>
    [Range(0.25, 16)]
    public double MlpRatio { get; init; } = 4;

    /// <summary>Probability that a sample skips the branches of the last encoder block during training (stochastic depth); grows linearly from 0 at the first block. Decoder blocks skip nothing.</summary>
    [Range(0, 0.95)]
    public double DropPath { get; init; }

    /// <summary>Whether an encoder that is built for pre-training also has the class tokens and the layers for 2D slices that UniMiSS trains. Later stages leave them out.</summary>
    public bool TakesSlices { get; init; }

    /// <summary>Whether blocks recompute their activations in the backward pass instead of storing them. Results are the same; it takes much less memory and the time of another forward pass.</summary>
    [IgnoredByFingerprint]
    public bool CheckpointBlocks { get; init; }

    /// <summary>Input voxels per voxel of the level of stage <paramref name="stage"/>, or of the convolutional level for -1.</summary>
    internal static Size3 StrideOf(int stage) => new(1 << (stage + 1), 2 << (stage + 1), 2 << (stage + 1));

    /// <inheritdoc/>
    public string? RefusalOf(Size3 crop, EncoderUse use)
    {
        Size3 coarsest = StrideOf(NumStages - 1);
        if ((CropRule.Multiple("mit", crop, coarsest) ?? CropRule.MoreThanOneVoxel("mit", crop, coarsest)) is { } refusal) return refusal;
        for (int stage = 0; stage < NumStages; stage++)
        {
            Size3 stride = StrideOf(stage);
            int least = Math.Min(crop.X / stride.X, Math.Min(crop.Y / stride.Y, crop.Z / stride.Z));
            int ratio = stage < NumStages - 1 ? Math.Max(SrRatios[stage], DecoderSrRatios[NumStages - 2 - stage]) : SrRatios[stage];
            if (least < ratio)
                return $"mit has a key every {ratio} tokens along an axis of stage {stage + 1}, but a crop of {crop} has only {least} tokens there; allowed: at least {ratio * stride.X} along x and {ratio * stride.Y} along y and z";
        }
        return null;
    }

    /// <summary>Reports configs that the constructor would reject.</summary>
    internal IEnumerable<(string Property, string Message)> Problems()
    {
        foreach ((string property, int count, int wanted) in (ReadOnlySpan<(string, int, int)>)
            [(nameof(EmbedDims), EmbedDims.Count, NumStages), (nameof(Depths), Depths.Count, NumStages), (nameof(NumHeads), NumHeads.Count, NumStages), (nameof(SrRatios), SrRatios.Count, NumStages),
            (nameof(DecoderDepths), DecoderDepths.Count, NumStages - 1), (nameof(DecoderNumHeads), DecoderNumHeads.Count, NumStages - 1), (nameof(DecoderSrRatios), DecoderSrRatios.Count, NumStages - 1)])
        {
            if (count != wanted) return [(property, $"there are {wanted} stages, and {count} numbers are given")];
        }
        return HeadProblems();
    }

    private IEnumerable<(string Property, string Message)> HeadProblems()
    {
        for (int i = 0; i < NumStages; i++)
        {
            if (EmbedDims[i] % NumHeads[i] != 0) yield return (nameof(NumHeads), $"stage {i + 1} is {EmbedDims[i]} wide, which {NumHeads[i]} heads do not divide");
            if (i == NumStages - 1) continue;
            int width = EmbedDims[NumStages - 2 - i];
            if (width % DecoderNumHeads[i] != 0) yield return (nameof(DecoderNumHeads), $"decoder stage {i + 1} is {width} wide, which {DecoderNumHeads[i]} heads do not divide");
        }
    }

    partial void Check(KeyReport report)
    {
        foreach ((string property, string message) in Problems()) report.Error(property, message);
    }
}

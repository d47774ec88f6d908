using HiEndMae.Nn;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>The parts of a MiT stage that exist only in pre-training: the layers that bring the class token into the stage, and the layers for slices.</summary>
internal sealed class MitSliceStage : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> embed;
    private readonly Parameter pos_embed;
    private readonly Parameter class_position;
    private readonly Parameter? class_token;
    private readonly Linear? class_map;
    private readonly ModuleList<Conv2d> reductions;

    /// <param name="embed">Maps slices to the width and grid of the stage.</param>
    /// <param name="tokens">Tokens of a slice.</param>
    /// <param name="before">Width of the stage before; 0 for the first.</param>
    /// <param name="width">C.</param>
    /// <param name="ratio">Distance of keys along an axis in tokens.</param>
    /// <param name="blocks">Number of blocks.</param>
    public MitSliceStage(nn.Module<Tensor, Tensor> embed, long tokens, int before, int width, int ratio, int blocks) : base(nameof(MitSliceStage))
    {
        this.embed = embed;
        pos_embed = new Parameter(Initialise.TruncatedNormal(zeros(1, 1 + tokens, width)));
        class_position = new Parameter(Initialise.TruncatedNormal(zeros(1, 1, width)));
        if (before == 0) class_token = new Parameter(Initialise.TruncatedNormal(zeros(1, 1, width)));
        else class_map = Initialise.TruncatedNormal(nn.Linear(before, width));
        reductions = nn.ModuleList([.. Enumerable.Range(0, ratio > 1 ? blocks : 0).Select(_ => MitSliceConvBlock.Initialised(nn.Conv2d(width, width, ratio, stride: ratio), width, ratio))]);
        RegisterComponents();
    }

    /// <summary>Maps slices [S, C, Y, Z] to the width and grid of the stage.</summary>
    public Tensor Embed(Tensor slices) => embed.call(slices);

    /// <summary>The class token before the blocks, [B, 1, C].</summary>
    /// <param name="token">[B, 1, C'] of the stage before; null in the first.</param>
    /// <param name="batch">B.</param>
    public Tensor Token(Tensor? token, long batch) => token is null ? class_token!.expand(batch, -1, -1) : class_map!.call(token);

    /// <summary>Positions of slices, with the class token's first: [1, 1 + N, C].</summary>
    public Tensor SlicePositions => pos_embed;

    /// <summary>Position of the class token of volumes, [1, 1, C].</summary>
    public Tensor ClassPosition => class_position;

    /// <summary>The convolution that reduces slices for the keys of a block; null without a reduction.</summary>
    public Conv2d? Reduction(int block) => reductions.Count == 0 ? null : reductions[block];
}

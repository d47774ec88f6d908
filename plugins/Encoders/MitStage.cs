using HiEndMae.Imaging;
using HiEndMae.Nn;
using HiEndMae.TorchRepairs;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Plugins.Encoders;

/// <summary>A stage of MiT: a convolution that changes the size, positions, and blocks.</summary>
internal sealed class MitStage : nn.Module
{
    private readonly nn.Module<Tensor, Tensor> embed;
    private readonly Parameter pos_embed;
    private readonly ModuleList<MitBlock> blocks;

    /// <param name="embed">Maps to the width and grid of the stage.</param>
    /// <param name="grid">Tokens along x, y, z.</param>
    /// <param name="width">C.</param>
    /// <param name="blocks">The blocks.</param>
    public MitStage(nn.Module<Tensor, Tensor> embed, Size3 grid, int width, IEnumerable<MitBlock> blocks) : base(nameof(MitStage))
    {
        this.embed = embed;
        pos_embed = new Parameter(Initialise.TruncatedNormal(zeros(1, grid.Count, width)));
        this.blocks = nn.ModuleList([.. blocks]);
        RegisterComponents();
    }

    /// <summary>[B, C, X, Y, Z], and a map of the stage's size to add, to tokens [B, X', Y', Z', C'].</summary>
    public Tensor Run(Tensor volumes, Tensor? added, bool recompute)
    {
        Tensor maps = embed.call(volumes);
        if (added is not null) maps = maps + added;
        Tensor x = maps.permute(0, 2, 3, 4, 1).contiguous(); // [B, X', Y', Z', C']
        x = x + pos_embed.reshape(1, x.shape[1], x.shape[2], x.shape[3], x.shape[4]);
        foreach (MitBlock block in blocks) x = RecomputedBlock.Call(block, x, recompute);
        return x;
    }

    /// <summary>The stage on volumes or slices with a class token.</summary>
    /// <param name="maps">[B, C, X, Y, Z] or [S, C, Y, Z].</param>
    /// <param name="added">A map of the stage's size to add, or null.</param>
    /// <param name="token">[B, 1, C], the class token of the stage before; null in the first.</param>
    /// <param name="slices">The parts of the stage that exist only in pre-training.</param>
    /// <param name="recompute">Whether blocks compute their activations again in the backward pass.</param>
    /// <returns>A map of the stage's size and the class token [B, 1, C'].</returns>
    public (Tensor Maps, Tensor Token) RunWithToken(Tensor maps, Tensor? added, Tensor? token, MitSliceStage slices, bool recompute)
    {
        bool isVolume = maps.dim() == 5;
        Tensor embedded = isVolume ? embed.call(maps) : slices.Embed(maps);
        if (added is not null) embedded = embedded + added;
        long[] shape = embedded.shape, grid = shape[2..];
        Tensor positions = isVolume ? cat([slices.ClassPosition, pos_embed], 1) : slices.SlicePositions;
        Tensor tokens = cat([slices.Token(token, shape[0]), embedded.flatten(2).transpose(1, 2)], 1) + positions; // [B, 1 + N, C]
        for (int i = 0; i < blocks.Count; i++)
        {
            (MitBlock block, Conv2d? reduction) = (blocks[i], isVolume ? null : slices.Reduction(i));
            tokens = recompute ? Recomputed.Run(inputs => block.WithToken(inputs[0], grid, reduction), tokens) : block.WithToken(tokens, grid, reduction);
        }
        return (tokens.narrow(1, 1, tokens.shape[1] - 1).transpose(1, 2).reshape(shape), tokens.narrow(1, 0, 1));
    }
}

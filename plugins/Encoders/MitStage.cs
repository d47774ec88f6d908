using HiEndMae.Imaging;
using HiEndMae.Nn;
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
}

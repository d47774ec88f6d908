using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace HiEndMae.Testing;

/// <summary>The smallest token encoder with everything that a head or task may need: a linear map of patches, and blocks that add a linear map of each token.</summary>
internal sealed class SmallTokenEncoder : TokenEncoder
{
    private const int Width = 24, NumBlocks = 12, Patch = 8;
    private readonly Linear embed;
    private readonly ModuleList<Linear> blocks;
    private readonly Parameter classToken;

    public SmallTokenEncoder(EncoderContext context) : base(nameof(SmallTokenEncoder))
    {
        Size3 crop = context.CropSize;
        TokenInfo = new TokenEncoderInfo(context.InChannels, Width, NumBlocks, Size3.Cube(Patch), new Size3(crop.X / Patch, crop.Y / Patch, crop.Z / Patch), context.Use == EncoderUse.Pretraining);
        embed = nn.Linear(Patch * Patch * Patch * context.InChannels, Width);
        blocks = nn.ModuleList([.. Enumerable.Range(0, NumBlocks).Select(_ => nn.Linear(Width, Width))]);
        classToken = new Parameter(randn(1, 1, Width));
        RegisterComponents();
    }

    public override TokenEncoderInfo TokenInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        Size3 grid = TokenInfo.Grid;
        long[] split = [volumes.shape[0], TokenInfo.InChannels, grid.X, Patch, grid.Y, Patch, grid.Z, Patch];
        Tensor patches = volumes.reshape(split).permute(0, 2, 4, 6, 3, 5, 7, 1).reshape(volumes.shape[0], grid.Count, -1); // [B, N, P^3 C]
        return Run(patches, hiddenBlocks);
    }

    public override TokenFeatures EncodeVisible(Tensor patches, TokenMask mask, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        return Run(patches.gather(1, mask.Visible.unsqueeze(-1).expand(-1, -1, patches.shape[2])), hiddenBlocks);
    }

    private TokenFeatures Run(Tensor patches, IReadOnlyCollection<int> hiddenBlocks)
    {
        Tensor tokens = embed.call(patches);
        if (TokenInfo.HasClassToken) tokens = cat([classToken.expand(tokens.shape[0], -1, -1), tokens], 1);
        var hidden = new Dictionary<int, Tensor>();
        for (int i = 0; i < NumBlocks; i++)
        {
            tokens = tokens + nn.functional.gelu(blocks[i].call(tokens));
            if (hiddenBlocks.Contains(i)) hidden[i] = tokens.alias().MoveToOuterDisposeScope();
        }
        return new TokenFeatures(tokens.MoveToOuterDisposeScope(), hidden);
    }
}

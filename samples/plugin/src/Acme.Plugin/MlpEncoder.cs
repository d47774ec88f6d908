using HiEndMae.Imaging;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Acme.Plugin;

/// <summary>Residual two-layer perceptrons on every patch token.</summary>
internal sealed class MlpEncoder : TokenEncoder
{
    private readonly Linear embed;
    private readonly ModuleList<Sequential> blocks;
    private readonly LayerNorm norm;

    public MlpEncoder(MlpConfig config, EncoderContext context) : base(nameof(MlpEncoder))
    {
        CropRule.Require(config, context);
        int patch = config.PatchSize, width = config.EmbedDim;
        Size3 crop = context.CropSize;
        TokenInfo = new TokenEncoderInfo(context.InChannels, width, config.Depth, Size3.Cube(patch), new Size3(crop.X / patch, crop.Y / patch, crop.Z / patch), HasClassToken: false);
        embed = nn.Linear(patch * patch * patch * context.InChannels, width);
        blocks = nn.ModuleList([.. Enumerable.Range(0, config.Depth).Select(_ => nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)))]);
        norm = nn.LayerNorm(width);
        RegisterComponents();
    }

    public override TokenEncoderInfo TokenInfo { get; }

    public override EncoderFeatures Encode(Tensor volumes, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        (Size3 grid, int patch) = (TokenInfo.Grid, TokenInfo.PatchSize.X);
        long[] split = [volumes.shape[0], TokenInfo.InChannels, grid.X, patch, grid.Y, patch, grid.Z, patch];
        Tensor patches = volumes.reshape(split).permute(0, 2, 4, 6, 3, 5, 7, 1).reshape(volumes.shape[0], grid.Count, -1); // [B, N, P^3 C]
        return Run(patches, hiddenBlocks);
    }

    public override TokenFeatures EncodeVisible(Tensor patches, TokenMask mask, IReadOnlyCollection<int> hiddenBlocks)
    {
        using DisposeScope scope = NewDisposeScope();
        return Run(patches.gather(1, mask.Visible.unsqueeze(-1).expand(-1, -1, patches.shape[2])), hiddenBlocks);
    }

    public override int LayerOf(string parameterName) => parameterName.StartsWith("blocks.", StringComparison.Ordinal) ? 1 + int.Parse(parameterName.Split('.')[1]) : 0;

    // The results move to the scope that is outside of the caller's.
    private TokenFeatures Run(Tensor patches, IReadOnlyCollection<int> hiddenBlocks)
    {
        Tensor tokens = embed.call(patches); // [B, V, E]
        var hidden = new Dictionary<int, Tensor>();
        for (int i = 0; i < TokenInfo.Depth; i++)
        {
            tokens = tokens + blocks[i].call(tokens);
            if (hiddenBlocks.Contains(i)) hidden[i] = tokens.alias().MoveToOuterDisposeScope();
        }
        return new TokenFeatures(norm.call(tokens).MoveToOuterDisposeScope(), hidden);
    }
}
